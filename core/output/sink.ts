// Where rows go: a file descriptor that may be slow, full or gone, without ever blocking the tracer.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { OutputError } from '../errors.js'

/** Above this the tracer stops reading events: the ring fills up and the kernel side counts what is lost. */
const FULL_BYTES = 1 << 20
/** A reader that is behind is asked again after so long. */
const RETRY_MS = 1

export class Sink {
  readonly #fd: number
  readonly #own: boolean
  #queue: Uint8Array[] = []
  #queued = 0
  #retry: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []
  /** The reader is gone (EPIPE); what is written from now on goes nowhere. */
  gone = false
  /** Called before rows are written. */
  beforeWrite: () => void = () => {}
  /** Called once when the reader goes away. */
  onGone: () => void = () => {}

  /**
   * Terminals and pipes are opened anew so that writes can be non-blocking without changing the open file
   * description that other processes share. Regular files never block for long; sockets cannot be reopened.
   */
  constructor(fd: number) {
    const reopened = reopen(fd)
    this.#own = reopened !== undefined
    this.#fd = reopened ?? fd
  }

  /** The descriptor rows are written to. */
  get fd(): number {
    return this.#fd
  }

  get isFull(): boolean {
    return this.#queued > FULL_BYTES
  }

  /**
   * Writes now what can be written now and queues the rest; bytes are the caller's again when it returns. Throws on errors other
   * than a reader that is gone.
   */
  write(lines: string | Uint8Array): void {
    if (this.gone || lines.length === 0) return
    this.beforeWrite()
    const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines
    const written = this.#queued === 0 ? this.#put(bytes) : 0
    if (written === bytes.length || this.gone) return
    this.#queue.push(Buffer.from(bytes.subarray(written)))
    this.#queued += bytes.length - written
    this.#retry ??= setTimeout(() => this.#flush(), RETRY_MS)
  }

  /** Resolves when the queue is short again, or the reader gone. */
  drained(): Promise<void> {
    return this.#queued === 0 || this.gone
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Gives a slow reader that many milliseconds to take what is queued; returns the number of lines it did not take. */
  async finish(milliseconds: number): Promise<number> {
    if (this.#queued > 0 && !this.gone) {
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))
      await Promise.race([this.drained(), limit])
      clearTimeout(timer)
    }
    clearTimeout(this.#retry)
    const left = this.#queue.reduce((lines, bytes) => lines + countLines(bytes), 0)
    this.#queue = []
    this.#queued = 0
    if (this.#own) closeSync(this.#fd)
    return left
  }

  #flush(): void {
    this.#retry = undefined
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0] as Uint8Array
      const written = this.#put(bytes)
      if (this.gone) break
      this.#queued -= written
      if (written < bytes.length) {
        this.#queue[0] = bytes.subarray(written)
        this.#retry = setTimeout(() => this.#flush(), RETRY_MS)
        return
      }
      this.#queue.shift()
    }
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Writes what can be written now, and returns how many bytes that was. */
  #put(bytes: Uint8Array): number {
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return written
      this.#queue = []
      this.#queued = 0
      if (code !== 'EPIPE') throw new OutputError(`cannot write the output: ${code ?? String(error)}`)
      this.gone = true
      this.onGone()
    }
    return written
  }
}

function reopen(fd: number): number | undefined {
  try {
    const stat = fstatSync(fd)
    if (!stat.isFIFO() && !stat.isCharacterDevice()) return undefined
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined
  }
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}
