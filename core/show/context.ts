// What a row needs to know beyond its own event: the clock, and what is looked up.
import type { Lookup, Recordable } from '../enrich/lookup.js'

/** Where a row's context is not that of a live run. */
export interface ContextOptions {
  /** Milliseconds since 1970. */
  now?: () => number
  /** Told of everything that is looked up. */
  onLook?: (name: string, key: string | number, value: unknown) => void
  /** Runs each look at the machine. */
  around?: <T>(look: () => T) => T
  /** Knows the answers, in place of the machine. */
  recall?: (name: string, key: string | number) => unknown
}

const NANOS = 1_000_000_000n

/** The kernel's monotonic clock against the wall clock, measured once at the start. */
export class RowContext {
  /** Nanoseconds since the epoch at monotonic time 0; the same as whole seconds and the rest. */
  readonly epochAtZero: bigint
  readonly #secondsAtZero: number
  readonly #nanosAtZero: number
  /** The second that was written last, and its text: most rows share theirs with the row before. */
  #second = Number.NaN
  #secondText = ''
  #first: number | undefined

  readonly #options: ContextOptions
  /** Milliseconds since 1970. */
  #report = 0
  /**
   * What was looked up for this report or this batch of events, by the look-up's name and the key: several columns of several
   * rows ask, and are to hear the same, as they will from a recording.
   */
  readonly #looked = new Map<string, Map<string | number, unknown>>()
  #looks = 0
  #doubts = 0
  #isHinting = false
  /** The last question and its answer: the next column mostly asks the same. */
  #lookup: unknown
  #key: unknown
  #answer: unknown

  /** @param epochAtZero nanoseconds since 1970 when CLOCK_MONOTONIC was 0 */
  constructor(epochAtZero: bigint, options: ContextOptions = {}) {
    this.epochAtZero = epochAtZero
    this.#secondsAtZero = Number(epochAtZero / NANOS)
    this.#nanosAtZero = Number(epochAtZero % NANOS)
    this.#options = options
  }

  /** How often something was asked for that may be another in the next batch. */
  get looks(): number {
    return this.#looks
  }

  /** How often the answer was that nothing is known, where another hint may help. */
  get doubts(): number {
    return this.#doubts
  }

  /** Whether a hint is being given, on which an answer that is found does not depend. */
  get isHinting(): boolean {
    return this.#isHinting
  }

  /** What is known of the key. `hint`: gives what may help to find it; called only where it is not known yet. */
  look<K extends string | number, V extends Recordable<V>>(
    lookup: Lookup<K, V>,
    key: K,
    hint?: () => number,
  ): V | undefined {
    if (lookup.lasts !== true) this.#looks++
    if (lookup !== this.#lookup || key !== this.#key || this.#answer === undefined) {
      this.#answer = this.#known(lookup, key, hint)
      this.#lookup = lookup
      this.#key = key
    }
    return this.#answer as V | undefined
  }

  #known<K extends string | number, V extends Recordable<V>>(
    lookup: Lookup<K, V>,
    key: K,
    hint: (() => number) | undefined,
  ): unknown {
    let known = this.#looked.get(lookup.name)
    if (known === undefined) this.#looked.set(lookup.name, (known = new Map()))
    const value = known.get(key)
    if (value !== undefined || (hint === undefined && known.has(key))) return value
    const found = this.#find(lookup, key, hint)
    known.set(key, found)
    if (hint !== undefined && found === undefined) this.#doubts++
    return found
  }

  #find<K extends string | number, V extends Recordable<V>>(
    { name, find }: Lookup<K, V>,
    key: K,
    hint: (() => number) | undefined,
  ): V | undefined {
    const { around, recall, onLook } = this.#options
    if (recall !== undefined) return recall(name, key) as V | undefined
    this.#isHinting = true
    const given = hint?.()
    this.#isHinting = false
    const value = around === undefined ? find(key, given) : around(() => find(key, given))
    onLook?.(name, key, value)
    return value
  }

  /** What was looked up may be another now. */
  forget(): void {
    if (this.#looked.size > 0) this.#looked.clear()
    this.#lookup = undefined
  }

  /** When the first event shown was, once it was asked for: CLOCK_MONOTONIC in nanoseconds. */
  get first(): number | undefined {
    return this.#first
  }

  /** Seconds since the first event shown. */
  sinceFirst(time: number): number {
    this.#first ??= time
    return (time - this.#first) / 1e9
  }

  /** HH:MM:SS in this machine's time zone. `time`: CLOCK_MONOTONIC in nanoseconds. */
  clock(time: number): string {
    return clockOf(new Date(Number((this.epochAtZero + BigInt(time)) / 1_000_000n)))
  }

  /** Notes the time for a report. */
  beginReport(): void {
    this.#report = (this.#options.now ?? Date.now)()
    this.forget()
  }

  /** Milliseconds since 1970 of the report. */
  get reportMoment(): number {
    return this.#report
  }

  /** HH:MM:SS of the report, in this machine's time zone. */
  reportClock(): string {
    return clockOf(new Date(this.#report))
  }

  /** RFC 3339 of the report, in UTC with milliseconds. */
  reportTime(): string {
    return new Date(this.#report).toISOString()
  }

  /** As --time-format has it. `time`: CLOCK_MONOTONIC in nanoseconds. */
  format(time: number, format: 'clock' | 'rfc3339'): string {
    switch (format) {
      case 'rfc3339':
        return this.wallTime(time)
      case 'clock': {
        const micros = ((this.epochAtZero + BigInt(time)) / 1000n) % 1_000_000n
        return `${this.clock(time)}.${micros.toString().padStart(6, '0')}`
      }
    }
  }

  /** RFC 3339 in UTC with nanoseconds. `time`: CLOCK_MONOTONIC in nanoseconds. */
  wallTime(time: number): string {
    // Without bigints, remainders of floats and digits of large numbers, which cost more than all the rest of a row. Each step
    // is exact: a time is below 2^53, but for that of a damaged recording, and a quotient that was rounded up leaves less than
    // nothing.
    const quotient = Math.floor(time / 1e9)
    let second = this.#secondsAtZero + quotient
    let nanos = this.#nanosAtZero + Math.min(time - quotient * 1e9, 999_999_999)
    if (nanos < 0) {
      nanos += 1e9
      second--
    } else if (nanos >= 1e9) {
      nanos -= 1e9
      second++
    }
    if (second !== this.#second) {
      this.#second = second
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20)
    }
    return `${this.#secondText}${String(nanos | 0).padStart(9, '0')}Z`
  }
}

function clockOf(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
