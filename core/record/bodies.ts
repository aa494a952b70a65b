// What the frames of a recording hold, to bytes and back. What is read may be anybody's: wrong bytes throw a RangeError.
import { amountOf, countOf, decodeJson, objectOf, objectsOf, textOf } from './json.js'

/** Everything that a replay needs to know before the first event. */
export interface Header {
  tool: string
  version: string
  host: string
  kernel: string
  architecture: string
  /** RFC 3339. */
  started: string
  /** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0, in digits. */
  epochAtZero: string
  /** Values of the tool's own options that JSON can hold. */
  options: Record<string, unknown>
  /** Seconds between reports; null: one report of the whole span. */
  interval: number | null
  /** Hook → variant. */
  hooks: Record<string, string | null>
  /** The object's BTF in base64: how to read the bytes. */
  btf: string
}

export interface End {
  lost: number
  seconds: number
}

/** Something looked up besides the events, by the look-up's name and the key. */
export interface Look {
  name: string
  key: string | number
  value: unknown
}

export interface Entries {
  keys: Uint8Array
  values: Uint8Array
  count: number
}

/** What one report read: maps by name, global variables by section. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  time: number
  maps: ReadonlyMap<string, Entries>
  sections: ReadonlyMap<string, Uint8Array>
}

export interface Batch {
  bytes: Buffer
  /** Start and length of each record. */
  spans: Uint32Array
  count: number
}

/** No map has as many: what says so is damaged, and would take any amount of memory. */
const MOST_ENTRIES = 1 << 18

const padded = (length: number): number => 8 * Math.ceil(length / 8)

/** Lengths first, then the records, each at a multiple of 8. */
export function encodeBatch(bytes: Uint8Array, spans: Uint32Array, count: number): Buffer {
  const lengths = Buffer.alloc(padded(4 + 4 * count))
  lengths.writeUInt32LE(count, 0)
  const parts: Uint8Array[] = [lengths]
  for (let index = 0; index < count; index++) {
    const [start = 0, length = 0] = [spans[2 * index], spans[2 * index + 1]]
    lengths.writeUInt32LE(length, 4 + 4 * index)
    parts.push(bytes.subarray(start, start + length), new Uint8Array(padded(length) - length))
  }
  return Buffer.concat(parts)
}

/** The inverse; a record that reaches beyond the bytes is damage. */
export function decodeBatch(body: Buffer): Batch {
  const count = body.readUInt32LE(0)
  let at = padded(4 + 4 * count)
  if (at > body.length) throw new RangeError('a batch is cut off')
  const spans = new Uint32Array(2 * count)
  for (let index = 0; index < count; index++) {
    const length = body.readUInt32LE(4 + 4 * index)
    spans.set([at, length], 2 * index)
    at += padded(length)
    if (at > body.length) throw new RangeError('a record is cut off')
  }
  return { bytes: body, spans, count }
}

interface Index {
  time: number
  maps: { name: string; keys: number; values: number; count: number }[]
  sections: { name: string; bytes: number }[]
}

/** An index in JSON, its length before it, then all bytes in the index's order. */
export function encodeSnapshot({ time, maps, sections }: Snapshot): Buffer {
  const index: Index = {
    time,
    maps: [...maps].map(([name, { keys, values, count }]) => ({
      name,
      keys: keys.length,
      values: values.length,
      count,
    })),
    sections: [...sections].map(([name, { length }]) => ({ name, bytes: length })),
  }
  const text = Buffer.from(JSON.stringify(index))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const bytes = [...[...maps.values()].flatMap(({ keys, values }) => [keys, values]), ...sections.values()]
  return Buffer.concat([length, text, ...bytes])
}

/** The inverse. */
export function decodeSnapshot(body: Buffer): Snapshot {
  const end = 4 + body.readUInt32LE(0)
  const { time, maps, sections } = decodeIndex(body.subarray(4, end))
  let at = end
  const take = (length: number): Uint8Array => {
    if (at + length > body.length) throw new RangeError('a snapshot is cut off')
    at += length
    // A copy, so that it begins where readers of 64-bit values want it.
    return Uint8Array.from(body.subarray(at - length, at))
  }
  const entries = maps.map(({ name, keys, values, count }): [string, Entries] => [
    name,
    { keys: take(keys), values: take(values), count },
  ])
  const bytes = sections.map(({ name, bytes: length }): [string, Uint8Array] => [name, take(length)])
  return { time, maps: new Map(entries), sections: new Map(bytes) }
}

function decodeIndex(body: Buffer): Index {
  const { time, maps, sections } = objectOf(decodeJson(body), 'an index')
  return {
    time: amountOf(time, 'the time'),
    maps: objectsOf(maps, 'the maps').map(({ name, keys, values, count }) => ({
      name: textOf(name, 'the name of a map'),
      keys: countOf(keys, 'the length of keys'),
      values: countOf(values, 'the length of values'),
      count: atMost(MOST_ENTRIES, countOf(count, 'the number of entries')),
    })),
    sections: objectsOf(sections, 'the sections').map(({ name, bytes }) => ({
      name: textOf(name, 'the name of a section'),
      bytes: countOf(bytes, 'the length of a section'),
    })),
  }
}

function atMost(most: number, count: number): number {
  if (count > most) throw new RangeError(`a map of ${count} entries is too large`)
  return count
}
