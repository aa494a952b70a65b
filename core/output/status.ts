// One line on the terminal that says that a quiet run still waits; gone before anything else is written.
import { writeSync } from 'node:fs'
import { monotonicMs } from '../monotonic.js'

/** So long after the last row, in milliseconds, the line appears. */
const PATIENCE_MS = 3000
const ERASE = '\r\x1b[K'

export class StatusLine {
  readonly #fd: number
  readonly #timer: NodeJS.Timeout
  readonly #started = monotonicMs()
  #last = monotonicMs()
  #shown = false

  /** `text` is asked for each second once nothing was written for a while. */
  constructor(fd: number, text: (seconds: number) => string) {
    this.#fd = fd
    this.#timer = setInterval(() => {
      const now = monotonicMs()
      if (now - this.#last < PATIENCE_MS) return
      this.#write(ERASE + text(Math.floor((now - this.#started) / 1000)))
      this.#shown = true
    }, 1000)
    this.#timer.unref()
  }

  /** Before rows or words are written. */
  clear(): void {
    this.#last = monotonicMs()
    if (this.#shown) this.#write(ERASE)
    this.#shown = false
  }

  /** It does not come back. */
  close(): void {
    clearInterval(this.#timer)
    this.clear()
  }

  #write(text: string): void {
    try {
      writeSync(this.#fd, text)
    } catch {
      // nobody is looking
    }
  }
}
