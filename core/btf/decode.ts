// Readers of records, compiled once from the layout.
import type { Field, Layout } from './layout.js'
import { decodeText } from './text.js'

/** The bytes that records lie in; one for as long as the buffer stays the same. */
export class RecordSource {
  readonly view: DataView
  readonly buffer: Buffer

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Whether these are the same bytes in memory. */
  isOf({ buffer, byteOffset, length }: Uint8Array): boolean {
    const own = this.buffer
    return own.buffer === buffer && own.byteOffset === byteOffset && own.length === length
  }

  /** char[size]: up to the first NUL. */
  chars(at: number, size: number): string {
    const most = Math.min(at + size, this.buffer.length)
    let end = at
    while (end < most && this.buffer[end] !== 0) end++
    return decodeText(this.buffer, at, end)
  }

  /** u64[count], each below 2^53. */
  counts(at: number, count: number): number[] {
    if (at + 8 * count > this.view.byteLength) throw new RangeError('counts reach beyond the bytes')
    return Array.from({ length: count }, (_, index) => {
      const from = at + 8 * index
      return this.view.getUint32(from, true) + this.view.getUint32(from + 4, true) * 2 ** 32
    })
  }

  /** struct text { u16 at, len } at `field`, of the record that begins at `at`. */
  text(at: number, field: number): string {
    const from = at + this.view.getUint16(field, true)
    return decodeText(this.buffer, from, from + this.view.getUint16(field + 2, true))
  }

  /** Names from the innermost outwards → `/outer/inner`; no name is `/`. */
  dentryPath(at: number, field: number): string {
    const names = this.text(at, field)
    if (names === '') return '/'
    const parts = names.split('\0')
    if (parts.at(-1) === '') parts.pop()
    return `/${parts.toReversed().join('/')}`
  }

  /** struct long_text { u32 at, len }: words, a NUL after each; the last one may have lost its own. */
  words(at: number, field: number): string[] {
    const from = at + this.view.getUint32(field, true)
    const length = this.view.getUint32(field + 4, true)
    if (length === 0) return []
    const words = decodeText(this.buffer, from, from + length).split('\0')
    if (words.at(-1) === '') words.pop()
    return words
  }
}

/** Reads the record that begins at byte `at`. */
export type Reader<T> = (source: RecordSource, at: number) => T

const CLEAN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Compiles a reader: one object literal with one typed read a field, which engines turn into straight code (a
 * loop over field descriptions costs several times as much an event). The source text is built of numbers and
 * checked C identifiers alone. T is the skeleton's claim; the offsets are those of the object that is loaded.
 */
export function compileReader<T>(layout: Layout): Reader<T> {
  const { fields, enums } = readingOf(layout)
  const properties = fields.map(({ key, read }) => `${key}: ${read}`)
  const body = `const v = s.view; return { ${properties.join(', ')} }`
  const compiled = new Function('enums', 's', 'at', body) as (
    enums: readonly EnumNames[],
    source: RecordSource,
    at: number,
  ) => T
  return enums.length === 0 ? (source, at) => compiled(enums, source, at) : compiled.bind(null, enums)
}

/**
 * How each field is read, as source text: of a record that begins at byte `at` of the source `s`, whose view is `v`; `enums` are
 * the names that it asks for.
 */
export function readingOf(layout: Layout): {
  fields: { key: string; read: string }[]
  enums: readonly EnumNames[]
} {
  const enums: EnumNames[] = []
  const fields = layout.fields.map((field) => {
    if (!CLEAN_NAME.test(field.key)) throw new Error(`${layout.name}: ${field.key} is not a name`)
    return { key: field.key, read: expression(field, enums) }
  })
  return { fields, enums }
}

/** By value: an array where all are small, which is quicker to ask. */
export type EnumNames = ReadonlyMap<number, string> | readonly (string | undefined)[]

/** The largest value that an array has room for. */
const MOST_SMALL = 1023

function enumNames(names: ReadonlyMap<number, string>): EnumNames {
  const values = [...names.keys()]
  if (!values.every((value) => value >= 0 && value <= MOST_SMALL)) return names
  return Array.from({ length: Math.max(-1, ...values) + 1 }, (_, value) => names.get(value))
}

function expression(field: Field, enums: EnumNames[]): string {
  const at = `at + ${field.offset}`
  const { kind } = field
  switch (kind.is) {
    case 'number':
      return readNumber(kind.size, kind.signed, at)
    case 'wide':
      return `v.getUint32(${at}, true) + v.get${kind.signed ? 'Int' : 'Uint'}32(${at} + 4, true) * 4294967296`
    case 'bigint':
      return `v.getBig${kind.signed ? 'Int' : 'Uint'}64(${at}, true)`
    case 'boolean':
      return `v.getUint8(${at}) !== 0`
    case 'chars':
      return `s.chars(${at}, ${kind.size})`
    case 'text':
      return `s.text(at, ${at})`
    case 'dentryPath':
      return `s.dentryPath(at, ${at})`
    case 'arguments':
      return `s.words(at, ${at})`
    case 'counts':
      return `s.counts(${at}, ${kind.count})`
    case 'bytes':
      return `s.buffer.slice(${at}, ${at} + ${kind.size})`
    case 'enum': {
      const read = readNumber(kind.size, kind.signed, at)
      const names = enumNames(kind.names)
      const of = `enums[${enums.push(names) - 1}]`
      return `(${of}${Array.isArray(names) ? `[${read}]` : `.get(${read})`} ?? String(${read}))`
    }
  }
}

/** How a number at that place is read, as source text. */
export function readNumber(size: 1 | 2 | 4, signed: boolean, at: string): string {
  const endian = size === 1 ? '' : ', true'
  return `v.get${signed ? 'Int' : 'Uint'}${size * 8}(${at}${endian})`
}
