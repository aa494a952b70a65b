// --record: writes what the kernel side says into a file, as it comes.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { NativeObject, OnBatch } from '../bpf/addon.js'
import { OutputError, UsageError } from '../errors.js'
import { encodeBatch, encodeSnapshot, type End, type Entries, type Header, type Look } from './bodies.js'
import { encodeFrame, type Kind, kinds, MAGIC } from './frames.js'

export class Recorder {
  readonly #path: string
  readonly #fd: number
  readonly #looks = new Map<string, string>()
  #maps = new Map<string, Entries>()
  #sections = new Map<string, Uint8Array>()

  /** Creates the file; one that exists is not written over. Throws a UsageError. */
  constructor(path: string) {
    this.#path = path
    try {
      this.#fd = openSync(path, 'wx', 0o600)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const why = code === 'EEXIST' ? 'it exists already, and recordings are not written over' : code
      throw new UsageError(`--record: cannot create ${JSON.stringify(path)}: ${why}`)
    }
    this.#append(MAGIC)
  }

  /** First of all. */
  begin(header: Header): void {
    this.#json(kinds.header, header)
  }

  /** The same callback, after each batch was written. */
  watchBatches(onBatch: OnBatch): OnBatch {
    return (bytes, spans, count) => {
      if (count > 0) this.#frame(kinds.events, encodeBatch(bytes, spans, count))
      onBatch(bytes, spans, count)
    }
  }

  /** The same object, whose maps and variables are noted when they are read, until the report ends. */
  watchMaps(native: NativeObject): NativeObject {
    return new Proxy(native, {
      get: (target, name) => {
        if (name === 'entries') return (map: string, remove: boolean) => this.#noteMap(target, map, remove)
        if (name === 'data') return (section: string) => this.#noteSection(target, section)
        const value = target[name as keyof NativeObject]
        return value.bind(target)
      },
    })
  }

  /** Writes what the report has read. `time`: milliseconds since 1970. */
  endReport(time: number): void {
    if (this.#maps.size > 0)
      this.#frame(kinds.maps, encodeSnapshot({ time, maps: this.#maps, sections: this.#sections }))
    this.#maps = new Map()
    this.#sections = new Map()
  }

  /** Something that was looked up; what has not changed is not written again. */
  look(look: Look): void {
    const id = JSON.stringify([look.name, look.key])
    const value = JSON.stringify(look.value ?? null)
    if (this.#looks.get(id) === value) return
    this.#looks.set(id, value)
    this.#json(kinds.look, look)
  }

  /** Last of all. */
  end(end: End): void {
    this.#json(kinds.end, end)
    closeSync(this.#fd)
  }

  #noteMap(native: NativeObject, map: string, remove: boolean): Entries | number {
    const entries = native.entries(map, remove)
    if (typeof entries !== 'number') this.#maps.set(map, entries)
    return entries
  }

  #noteSection(native: NativeObject, section: string): Uint8Array | number {
    const bytes = native.data(section)
    if (typeof bytes !== 'number') this.#sections.set(section, bytes)
    return bytes
  }

  #json(kind: Kind, value: unknown): void {
    this.#frame(kind, Buffer.from(JSON.stringify(value)))
  }

  #frame(kind: Kind, body: Uint8Array): void {
    this.#append(encodeFrame(kind, body))
  }

  #append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new OutputError(
        `--record: cannot write to ${JSON.stringify(this.#path)}: ${code}; what was recorded before can be replayed`,
      )
    }
  }
}
