// Chance that can be repeated: the same seed, the same choices.

/** mulberry32, by Tommy Ettinger; numbers in [0, 1). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  shuffled<T>(values: readonly T[]): T[] {
    const keyed = values.map((value) => [this.next(), value] as const)
    return keyed.toSorted(([a], [b]) => a - b).map(([, value]) => value)
  }

  /** Every value once in random order, then again in another. */
  *deck<T>(values: readonly T[]): Generator<T, never> {
    for (;;) yield* this.shuffled(values)
  }
}
