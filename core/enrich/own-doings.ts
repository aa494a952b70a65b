// What the library does itself in the process that uses it, such as attaching, or looking up users and cgroups: a program that
// traces itself is not to find it among its own doings.
import { readlinkSync } from 'node:fs'
import { monotonicNow } from '../monotonic.js'

/** More than the records of one batch make necessary. */
const MOST_SPANS = 65_536

export class OwnDoings {
  readonly #most: number
  readonly #now: () => number
  /** Begin and end of each span in the order of time; the newest take the place of the oldest. */
  readonly #begins: Float64Array
  readonly #ends: Float64Array
  #count = 0
  #depth = 0

  constructor(most = MOST_SPANS, now: () => number = monotonicNow) {
    this.#most = most
    this.#now = now
    this.#begins = new Float64Array(most)
    this.#ends = new Float64Array(most)
  }

  /** Runs it; what this thread does meanwhile is the library's own. */
  during<T>(body: () => T): T {
    if (this.#depth > 0) return body()
    const begin = this.#now()
    this.#depth++
    try {
      return body()
    } finally {
      this.#depth--
      const at = this.#count++ % this.#most
      this.#begins[at] = begin
      this.#ends[at] = this.#now()
    }
  }

  /** Whether it was under way then. `time`: CLOCK_MONOTONIC in nanoseconds. */
  wasAt(time: number): boolean {
    const oldest = Math.max(0, this.#count - this.#most)
    let [low, high] = [oldest, this.#count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#begins[middle % this.#most] as number) <= time) low = middle + 1
      else high = middle
    }
    return low > oldest && (this.#ends[(low - 1) % this.#most] as number) >= time
  }
}

let thread: number | undefined

/** This thread, as /proc numbers it. */
export function threadId(): number {
  thread ??= Number(/[0-9]+$/.exec(readlinkSync('/proc/thread-self'))?.[0])
  return thread
}
