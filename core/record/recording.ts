// A recording to be replayed: from the file's bytes to what the kernel side said.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { OpenedObject } from '../bpf/object.js'
import { globalsOf } from '../bpf/globals.js'
import { parseBtf } from '../btf/parse.js'
import { OutputError, UsageError } from '../errors.js'
import { escapeText } from '../show/escape.js'
import type { End, Entries, Header, Snapshot } from './bodies.js'
import { type Frame, kinds, MAGIC, readFrames } from './frames.js'
import { decodeEnd, decodeHeader, decodeLook } from './json.js'

export class Recording {
  readonly path: string
  readonly header: Header
  /** Undefined where the writer did not come to its end. */
  end: End | undefined
  /** Bytes at the end were not a whole frame. */
  isCut = false
  readonly #fd: number
  readonly #looks = new Map<string, unknown>()

  /** Reads the header, and the end if there is one. Throws a UsageError on what is no recording. */
  constructor(path: string) {
    this.path = path
    try {
      this.#fd = openSync(path, 'r')
    } catch (error) {
      throw new UsageError(`--replay: cannot open ${this.name}: ${(error as NodeJS.ErrnoException).code}`)
    }
    try {
      this.header = this.#readHeader()
      for (const { kind, body } of this.frames()) if (kind === kinds.end) this.end = decodeEnd(body)
    } catch (error) {
      this.close()
      throw this.damage(error)
    }
  }

  /** The path as a person may see it. */
  get name(): string {
    return JSON.stringify(this.path)
  }

  /** All whole frames, from the first. */
  *frames(): Generator<Frame> {
    const { leftOut } = yield* readFrames(
      (into, at) => this.#read(into, at),
      MAGIC.length,
      fstatSync(this.#fd).size,
    )
    this.isCut = leftOut
  }

  /** From here on it is known what this frame says of a look-up: a name may be another's later. */
  learn(body: Buffer): void {
    const { name, key, value } = decodeLook(body)
    this.#looks.set(JSON.stringify([name, key]), value)
  }

  /** What a look-up found then; undefined: nothing, or it was not asked. */
  recall(name: string, key: string | number): unknown {
    return this.#looks.get(JSON.stringify([name, key])) ?? undefined
  }

  /** The object as it was, whose maps are those of the snapshot that `current` returns. */
  object(current: () => Snapshot | undefined): OpenedObject {
    const btf = parseBtf(Buffer.from(this.header.btf, 'base64'))
    const entries = (map: string): Entries => {
      const snapshot = current()
      // The writer did not come to it.
      if (snapshot === undefined) return { keys: new Uint8Array(0), values: new Uint8Array(0), count: 0 }
      const found = snapshot.maps.get(map)
      if (found === undefined)
        throw new UsageError(
          `--replay: ${this.name} does not hold the map ${map}: recorded with other options`,
        )
      return found
    }
    const data = (section: string): Uint8Array => current()?.sections.get(section) ?? new Uint8Array(0)
    const native = { entries, data, setData: () => 0, delete: () => 0 }
    return { native: native as unknown as OpenedObject['native'], btf, globals: globalsOf(btf) }
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** What to throw for an error of what reads the recording's bytes: all but our own words say that they are damaged. */
  damage(error: unknown): Error {
    if (error instanceof UsageError || error instanceof OutputError) return error
    const why = escapeText((error as Error).message)
    return new UsageError(`--replay: ${this.name} is damaged: ${why}`, { cause: error })
  }

  #readHeader(): Header {
    const magic = Buffer.alloc(MAGIC.length)
    if (this.#read(magic, 0) < MAGIC.length || !magic.equals(MAGIC))
      throw new UsageError(`--replay: ${this.name} is no recording of snoopkit`)
    const [first] = this.frames()
    if (first?.kind !== kinds.header)
      throw new UsageError(`--replay: ${this.name} ends before its first whole part`)
    return decodeHeader(first.body)
  }

  #read(into: Buffer, at: number): number {
    let got = 0
    while (got < into.length) {
      const more = readSync(this.#fd, into, got, into.length - got, at + got)
      if (more === 0) break
      got += more
    }
    return got
  }
}
