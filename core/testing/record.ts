// Records as the kernel side makes them, for tests without a kernel.
import type { Field, Layout } from '../btf/layout.js'
import { encodeText } from '../btf/text.js'

/** The header of a recording but for its tool and its BTF. */
export const sampleHeader = {
  version: '0',
  host: 'elsewhere',
  kernel: '5.10',
  architecture: 'x64',
  started: '2026-01-02T03:04:05.000Z',
  epochAtZero: '0',
  options: {},
  interval: null,
  hooks: {},
}

/** Encodes values by the layout; fields not given are 0, texts are laid behind the fixed part. */
export function encodeRecord(layout: Layout, values: Record<string, unknown>): Buffer {
  const fixed = Buffer.alloc(layout.size)
  const tail: Buffer[] = []
  let end = layout.size
  const append = (field: Field, bytes: Buffer, width: 2 | 4 = 2): void => {
    fixed.writeUIntLE(end, field.offset, width)
    fixed.writeUIntLE(bytes.length, field.offset + width, width)
    tail.push(bytes, Buffer.of(0))
    end += bytes.length + 1
  }
  for (const field of layout.fields) {
    const value = values[field.key]
    if (value === undefined) continue
    const { kind } = field
    if (kind.is === 'text') append(field, encodeText(String(value)))
    else if (kind.is === 'arguments')
      append(field, encodeText((value as string[]).map((word) => `${word}\0`).join('')), 4)
    else if (kind.is === 'dentryPath')
      append(field, encodeText(String(value).split('/').filter(Boolean).toReversed().join('\0')))
    else if (kind.is === 'chars') encodeText(String(value)).copy(fixed, field.offset)
    else if (kind.is === 'bytes') fixed.set(value as Uint8Array, field.offset)
    else if (kind.is === 'counts')
      (value as number[]).forEach((count, i) => fixed.writeBigInt64LE(BigInt(count), field.offset + 8 * i))
    else if (kind.is === 'boolean') fixed.writeUInt8(value === true ? 1 : 0, field.offset)
    else if (kind.is === 'bigint' || kind.is === 'wide')
      fixed.writeBigInt64LE(BigInt.asIntN(64, BigInt(value as number)), field.offset)
    else if (kind.is === 'enum') writeNumber(fixed, field.offset, kind.size, enumValue(kind.names, value))
    else if (kind.is === 'number') writeNumber(fixed, field.offset, kind.size, Number(value))
  }
  return Buffer.concat([fixed, ...tail])
}

function enumValue(names: ReadonlyMap<number, string>, name: unknown): number {
  const found = [...names].find(([, known]) => known === name)
  if (found === undefined) throw new Error(`no enumerator ${String(name)}`)
  return found[0]
}

function writeNumber(bytes: Buffer, at: number, size: 1 | 2 | 4, value: number): void {
  bytes.writeUIntLE(value < 0 ? value + 2 ** (8 * size) : value, at, size)
}
