// Reads the maps that the kernel side counts in. They only ever grow: what was read before is subtracted, so that nothing
// that arrives meanwhile is lost or counted twice.
import { compileReader, RecordSource } from '../btf/decode.js'
import { type Layout, layoutOf, mapLayoutOf } from '../btf/layout.js'
import { Histogram } from '../histogram.js'
import { type OpenedObject, readGlobal, writeGlobal } from './object.js'

/** One entry of a map, by its key's bytes. */
export interface Entry<T> {
  id: string
  key: object
  value: T
}

/** The map of minima and maxima beside a map of histograms; HISTOGRAMS() in bpf-src/lib/hist.bpf.h. */
export const extremesOf = (map: string): string => `${map}_extremes`

/** The rows of a hash map or array, also of one per CPU: counters by how much they grew since the last read, all else as it is. */
export class TableReader {
  readonly #object: OpenedObject
  readonly map: string
  /** Fields that only grow. */
  readonly counters: readonly string[]
  readonly #readKey: (source: RecordSource, at: number) => object
  readonly #readValue: (source: RecordSource, at: number) => Record<string, unknown>
  readonly #key: Layout
  readonly #value: Layout
  readonly #before = new Map<string, readonly number[]>()

  constructor(object: OpenedObject, map: string) {
    const layout = mapLayoutOf(object.btf, map)
    if (layout === undefined) throw new Error(`the map ${map} has no counters to read`)
    this.#object = object
    this.map = map
    this.#key = layout.key
    this.#value = layout.value
    this.#readKey = compileReader(layout.key)
    this.#readValue = compileReader(layout.value)
    this.counters = layout.value.fields
      .filter(({ kind }) => kind.is === 'counts' || (kind.is === 'wide' && kind.counter))
      .map(({ key }) => key)
  }

  /** Every entry of the map. */
  read(): Entry<Record<string, unknown>>[] {
    const { keys, values, count } = readEntries(this.#object, this.map)
    const [keySource, valueSource] = [new RecordSource(keys), new RecordSource(values)]
    const valueBytes = values.length / count
    return Array.from({ length: count }, (_, index) => {
      const at = index * this.#key.size
      const id = keySource.buffer.toString('latin1', at, at + this.#key.size)
      const value = this.#sum(valueSource, index * valueBytes, (index + 1) * valueBytes)
      return { id, key: this.#readKey(keySource, at), value: this.#grown(id, value) }
    })
  }

  /** Of a map that each CPU has its own values in, the counters of all of them, and the rest as the first has it. */
  #sum(source: RecordSource, from: number, to: number): Record<string, unknown> {
    const value = this.#readValue(source, from)
    for (let at = from + this.#value.size; at < to; at += this.#value.size) {
      const more = this.#readValue(source, at)
      for (const name of this.counters) value[name] = plus(value[name], more[name])
    }
    return value
  }

  /** Takes an entry out of the kernel. */
  forget(id: string): void {
    this.#before.delete(id)
    this.#object.native.delete(this.map, Buffer.from(id, 'latin1'))
  }

  #grown(id: string, value: Record<string, unknown>): Record<string, unknown> {
    const flat = this.counters.flatMap((name) => value[name] as number | number[])
    const before = this.#before.get(id)
    this.#before.set(id, flat)
    if (before === undefined) return value
    let at = 0
    const subtract = (now: number): number => now - (before[at++] as number)
    const grown = this.counters.map((name) => {
      const now = value[name] as number | number[]
      return [name, Array.isArray(now) ? now.map(subtract) : subtract(now)]
    })
    return { ...value, ...Object.fromEntries(grown) }
  }
}

/** The histograms of a map made with HISTOGRAMS(). */
export class HistogramReader {
  readonly #object: OpenedObject
  readonly #table: TableReader
  readonly #extremes: string
  readonly #extremesLayout: Layout
  readonly #readExtremes: (source: RecordSource, at: number) => Extremes
  readonly #divisor: number

  /** @param divisor from the values' own unit to that of the slots */
  constructor(object: OpenedObject, map: string, divisor: number) {
    this.#object = object
    this.#table = new TableReader(object, map)
    this.#extremes = extremesOf(map)
    this.#extremesLayout = layoutOf(object.btf, 'extremes_of')
    this.#readExtremes = compileReader(this.#extremesLayout)
    this.#divisor = divisor
  }

  /** What was counted since the last read, and minimum and maximum of the same time. */
  read(): Entry<Histogram>[] {
    const generation = Number(readGlobal(this.#object, 'generation'))
    writeGlobal(this.#object, 'generation', BigInt(generation + 1))
    const entries = this.#table.read() as Entry<{ sum: number; slots: number[] }>[]
    const extremes = this.#extremesIn(generation)
    const step = 1 / this.#divisor
    return entries.map(({ id, key, value: { sum, slots } }) => {
      const { min, max } = extremes.get(id) ?? {}
      const scaled = (value: number | undefined): number | undefined => value && value / this.#divisor
      return { id, key, value: new Histogram(slots, sum / this.#divisor, scaled(min), scaled(max), step) }
    })
  }

  /** Takes a histogram out of the kernel. */
  forget(id: string): void {
    this.#table.forget(id)
    this.#object.native.delete(this.#extremes, Buffer.from(id, 'latin1'))
  }

  /** Each CPU keeps its own. */
  #extremesIn(generation: number): ReadonlyMap<string, Extremes> {
    const { keys, values, count } = readEntries(this.#object, this.#extremes)
    const [source, size] = [new RecordSource(values), this.#extremesLayout.size]
    const found = new Map<string, Extremes>()
    for (let index = 0; index < count; index++) {
      const [keyBytes, valueBytes] = [keys.length / count, values.length / count]
      const id = Buffer.from(keys.buffer, keys.byteOffset).toString(
        'latin1',
        index * keyBytes,
        (index + 1) * keyBytes,
      )
      for (let at = index * valueBytes; at < (index + 1) * valueBytes; at += size) {
        const one = this.#readExtremes(source, at)
        if (Number(one.generation) !== generation) continue
        const known = found.get(id) ?? one
        found.set(id, {
          generation: one.generation,
          min: Math.min(known.min, one.min),
          max: Math.max(known.max, one.max),
        })
      }
    }
    return found
  }
}

interface Extremes {
  generation: bigint
  min: number
  max: number
}

function plus(one: unknown, other: unknown): unknown {
  if (!Array.isArray(one)) return (one as number) + (other as number)
  return one.map((count: number, index) => count + ((other as number[])[index] as number))
}

function readEntries(
  object: OpenedObject,
  map: string,
): { keys: Uint8Array; values: Uint8Array; count: number } {
  const entries = object.native.entries(map, false)
  if (typeof entries === 'number') throw new Error(`the map ${map} cannot be read: errno ${-entries}`)
  return entries
}
