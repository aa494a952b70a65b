// Writes rows straight from records into bytes, compiled once from the columns and the layout: no object, no string for what
// is put as it is, and no call for what stands between. Room is made once a row, for all whose length has a limit.
import { type EnumNames, readingOf, readNumber } from '../btf/decode.js'
import type { Field, Layout } from '../btf/layout.js'
import type { RecordView } from '../btf/view.js'
import { type Bytes, constantOf, WORD } from '../output/bytes.js'
import {
  NUMBER_ROOM,
  putAscii,
  putNumber,
  putPadded,
  putSafe,
  putSafeChars,
  putSpaces,
  type Safe,
} from '../output/put.js'
import type { Cell } from '../tool.js'
import type { RowContext } from './context.js'

/** Writes one event as one line, newline included. */
export type RowWriter = (event: RecordView, to: Bytes) => void

/** How a column is written. */
export interface CellForm {
  /** The field of that name, where there is no `value`. */
  key: string
  /** What stands before it. */
  before: string
  value: ((event: object, context: RowContext) => Cell) | undefined
  /** Whether the value is the field as it is. */
  bare: ((event: object) => boolean) | undefined
  /** Puts the value, text that needs no escape, without making it. */
  put: ((event: object, context: RowContext, to: Bytes) => void) | undefined
  /** The whole cell, of a value that is not put straight; in JSON with the quotes of a string. */
  text: (cell: Cell) => string
  /** As in JSON: strings stand in quotes, and null, true and false are words. */
  json: boolean
  /** What of a string needs none. */
  safe: Safe
  width: number
  right: boolean
  /** Nothing at all is written where the value is null. */
  sparse: boolean
}

/** @param after what ends a line */
export function compileWriter(
  cells: readonly CellForm[],
  after: string,
  layout: Layout,
  context: RowContext,
): RowWriter {
  const { fields, enums } = readingOf(layout)
  const reads = new Map(fields.map(({ key, read }) => [key, read]))
  const source = new RowSource()
  for (const cell of cells) {
    const field = layout.fields.find(({ key }) => key === cell.key)
    source.cell(cell, field, reads.get(cell.key) ?? 'undefined')
  }
  source.constant(after)
  return source.compile(enums, context)
}

/** What the source text calls. */
const calls = { putAscii, putNumber, putPadded, putSafe, putSafeChars, putSpaces }

/**
 * The source text of a writer. It is built of numbers and of what readingOf() makes; all else is bound to names. In it `e` is
 * the event, `x` the context, `s`, `v`, `t` and `at` the record's source, view, bytes and place, and what is written goes to
 * place `p` of `b`, whose view is `w`.
 */
class RowSource {
  #text = ''
  /** Constants that are still to be put: what follows upon each other is put as one. */
  #pending = ''
  /** Most bytes of a row but for texts without a limit. */
  #room = 0
  readonly #bound: unknown[] = []

  constant(text: string): void {
    this.#pending += text
  }

  cell(form: CellForm, field: Field | undefined, read: string): void {
    const quote = form.json ? '"' : ''
    if (form.put !== undefined) {
      this.constant(form.before + quote)
      this.#leave(`${this.#bind(form.put)}(e, x, to)`)
      this.constant(quote)
    } else if (field === undefined || !isStraight(form, field)) this.#whole(form, read)
    else if (form.bare === undefined) this.#straight(form, field, read)
    else {
      this.#code(`if (${this.#bind(form.bare)}(e)) {`)
      this.#straight(form, field, read)
      this.#code('} else {')
      this.#whole(form, read)
      this.#code('}')
    }
  }

  compile(enums: readonly EnumNames[], context: RowContext): RowWriter {
    this.#code('to.length = p')
    const names = this.#bound.map((_, index) => `c${index}`)
    const start = `const s = e.$source, v = s.view, t = s.buffer, at = e.$at; let b, w, p; ${ENTER}`
    const body = `const room = ${this.#room}; return (e, to) => { ${start}; ${this.#text} }`
    const made = new Function('enums', 'x', ...Object.keys(calls), ...names, body) as (
      ...values: unknown[]
    ) => RowWriter
    return made(enums, context, ...Object.values(calls), ...this.#bound)
  }

  /** The field as it lies in the record; where it cannot be put so, its cell. */
  #straight(form: CellForm, { kind, offset }: Field, read: string): void {
    const { json, safe, width } = form
    if (kind.is === 'number' || kind.is === 'wide') {
      this.constant(form.before)
      this.#code(this.#number(form, read))
      return
    }
    const quote = json ? '"' : ''
    this.constant(form.before + quote)
    if (kind.is === 'enum') {
      this.#enum(kind, `at + ${offset}`, read)
    } else {
      let copy: string
      this.#code('{')
      if (kind.is === 'chars') {
        this.#room += Math.max(kind.size, width)
        copy = `putSafeChars(b, p, t, at + ${offset}, ${kind.size}, ${this.#bind(safe)})`
      } else {
        this.#room += width
        this.#code(
          `const f = at + v.getUint16(at + ${offset}, true), l = v.getUint16(at + ${offset} + 2, true)`,
        )
        this.#code(`if (p + l + room > b.length) { to.length = p; to.reserve(l + room); ${ENTER} }`)
        copy = `putSafe(b, p, t, f, f + l, ${this.#bind(safe)})`
      }
      const padded = width === 0 ? 'q' : `putSpaces(b, q, p + ${width})`
      this.#code(`const q = ${copy}; if (q >= 0) p = ${padded}; else {`)
      const inside = json ? (cell: Cell) => form.text(cell).slice(1, -1) : form.text
      this.#leave(`to.text(${this.#bind(inside)}(${this.#valueOf(form, read)}))`)
      this.#code('} }')
    }
    this.constant(quote)
  }

  /** The names, which in C need no escape: of few, each is a constant. */
  #enum({ names, size, signed }: Extract<Field['kind'], { is: 'enum' }>, at: string, read: string): void {
    this.#room += Math.max(NUMBER_ROOM, ...[...names.values()].map(({ length }) => length))
    this.#code(`switch (${readNumber(size, signed, at)}) {`)
    if (names.size <= FEW_NAMES)
      for (const [value, name] of names) {
        this.#code(`case ${value}:`)
        this.constant(name)
        this.#code('break;')
      }
    this.#code(`default: p = putAscii(b, p, ${read}) }`)
  }

  /** A cell by its value. */
  #whole(form: CellForm, read: string): void {
    const { json, sparse, before, text } = form
    if (!sparse) this.constant(before)
    this.#code(`{ const n = ${this.#valueOf(form, read)};`)
    if (sparse) {
      this.#code('if (n !== null) {')
      this.constant(before)
    }
    this.#code(`if (typeof n === 'number') ${this.#number(form, 'n')}; else`)
    if (json)
      for (const word of [null, true, false]) {
        this.#code(`if (n === ${word}) {`)
        this.constant(String(word))
        this.#code('} else')
      }
    this.#code('{')
    this.#leave(`to.text(${this.#bind(text)}(n))`)
    this.#code(sparse ? '} } }' : '} }')
  }

  #valueOf({ value }: CellForm, read: string): string {
    return value === undefined ? read : `${this.#bind(value)}(e, x)`
  }

  #number({ width, right }: CellForm, read: string): string {
    this.#room += Math.max(NUMBER_ROOM, width)
    return width === 0 ? `p = putNumber(b, p, ${read})` : `p = putPadded(b, p, ${read}, ${width}, ${right})`
  }

  /** What puts by itself. */
  #leave(call: string): void {
    this.#code(`to.length = p; ${call}; ${ENTER}`)
  }

  /** Text after the constants that stand before it. */
  #code(text: string): void {
    this.#putPending()
    this.#text += `${text}\n`
  }

  #putPending(): void {
    const { words, length } = constantOf(this.#pending)
    if (length === 0) return
    this.#pending = ''
    words.forEach((word, index) => (this.#text += `w.setFloat64(p + ${WORD * index}, ${word}, true); `))
    this.#text += `p += ${length};\n`
    this.#room += WORD * words.length
  }

  #bind(value: unknown): string {
    return `c${this.#bound.push(value) - 1}`
  }
}

/** Enums have hundreds of names, too. */
const FEW_NAMES = 8

/** Goes on where `to` is, with room for all of a row. */
const ENTER = 'to.reserve(room); b = to.buffer; w = to.view; p = to.length'

/** Whether the field can be put from the record's bytes. */
function isStraight({ value, bare, json, right }: CellForm, { kind }: Field): boolean {
  if (value !== undefined && bare === undefined) return false
  if (kind.is === 'number' || kind.is === 'wide') return true
  return kind.is === 'enum' ? json : !right && (kind.is === 'chars' || kind.is === 'text')
}
