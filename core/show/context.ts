// What a row needs to know beyond its own event: the clock.

/** The kernel's monotonic clock against the wall clock, measured once at the start. */
export class RowContext {
  /** Nanoseconds since the epoch at monotonic time 0. */
  readonly #epochAtZero: bigint
  #first: number | undefined

  /** @param epochAtZero nanoseconds since 1970 when CLOCK_MONOTONIC was 0 */
  constructor(epochAtZero: bigint) {
    this.#epochAtZero = epochAtZero
  }

  /** Seconds since the first event shown. */
  sinceFirst(time: number): number {
    this.#first ??= time
    return (time - this.#first) / 1e9
  }

  /** The time of day here, HH:MM:SS. */
  clockTime(time: number): string {
    const epoch = this.#epochAtZero + BigInt(time)
    return new Date(Number(epoch / 1_000_000n)).toTimeString().slice(0, 8)
  }

  /** RFC 3339 in UTC with nanoseconds. `time`: CLOCK_MONOTONIC in nanoseconds. */
  wallTime(time: number): string {
    const epoch = this.#epochAtZero + BigInt(time)
    const seconds = new Date(Number(epoch / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
    return `${seconds}.${(epoch % 1_000_000_000n).toString().padStart(9, '0')}Z`
  }
}
