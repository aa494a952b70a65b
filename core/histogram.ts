// A histogram as the kernel side counts it (bpf-src/lib/hist.bpf.h): slots an eighth of a power of two wide.

/** Each power of two is cut into so many slots; HIST_PART_BITS in bpf-src/lib/hist.bpf.h. */
const PART_BITS = 3
const PARTS = 2 ** PART_BITS

/** The lowest and highest whole value of a slot. */
export function slotBounds(slot: number): [low: number, high: number] {
  if (slot < PARTS) return [slot, slot]
  const width = 2 ** ((slot >> PART_BITS) - 1)
  const low = (PARTS + (slot % PARTS)) * width
  return [low, low + width - 1]
}

export class Histogram {
  readonly slots: readonly number[]
  readonly count: number
  /** Of the values themselves, in the unit, not rounded. */
  readonly sum: number
  /** Null when there is no value. */
  readonly min: number | null
  readonly max: number | null

  /**
   * `sum`, `min`, `max` and `step`, which they are multiples of, are in the unit of the slots. While values arrive, minimum and
   * maximum may be those of a value that is counted in another interval: the slots then say better.
   */
  constructor(slots: readonly number[], sum: number, min?: number, max?: number, step = 1) {
    this.slots = slots
    this.sum = sum
    this.count = slots.reduce((all, one) => all + one, 0)
    const [lowest, highest] = [slots.findIndex(Boolean), slots.findLastIndex(Boolean)]
    this.min = lowest < 0 ? null : withinSlot(lowest, min ?? 0, slots.length, step)
    this.max = highest < 0 ? null : withinSlot(highest, max ?? Infinity, slots.length, step)
  }

  /** Sum over count; null when there is no value. */
  get average(): number | null {
    return this.count === 0 ? null : this.sum / this.count
  }

  /**
   * `percent` of the values, cut to whole units, are no more than this. From the slots: never less than the truth, and at most
   * an eighth more. Null when there is no value.
   */
  percentile(percent: number): number | null {
    if (this.min === null || this.max === null) return null
    const wanted = Math.max(1, Math.ceil((this.count * percent) / 100))
    let reached = 0
    const slot = this.slots.findIndex((count) => (reached += count) >= wanted)
    return Math.max(this.min, Math.min(slotBounds(slot)[1], this.max))
  }

  /** [low, high, count] of each power of two that has values, 0 by itself. */
  buckets(): [low: number, high: number, count: number][] {
    const counts = new Map<number, number>()
    this.slots.forEach((count, slot) => {
      const power = powerOf(slotBounds(slot)[0])
      if (count > 0) counts.set(power, (counts.get(power) ?? 0) + count)
    })
    return [...counts].map(([power, count]) => {
      const [low, high] = powerBounds(power)
      return [low, high, count]
    })
  }

  /** Both together. */
  plus(other: Histogram): Histogram {
    if (other.min === null || other.max === null) return this
    if (this.min === null || this.max === null) return other
    return new Histogram(
      this.slots.map((count, slot) => count + (other.slots[slot] as number)),
      this.sum + other.sum,
      Math.min(this.min, other.min),
      Math.max(this.max, other.max),
    )
  }
}

/** 0 for 0, else 1 + log2: the number of binary digits. */
export function powerOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(value)) + 1
}

/** The whole values with so many binary digits. */
export function powerBounds(power: number): [low: number, high: number] {
  return power === 0 ? [0, 0] : [2 ** (power - 1), 2 ** power - 1]
}

/** The last slot has no upper end: all that is larger is in it too. */
function withinSlot(slot: number, value: number, slots: number, step: number): number {
  const [low, high] = slotBounds(slot)
  if (value < low) return low
  return value < high + 1 || (slot === slots - 1 && Number.isFinite(value)) ? value : high + 1 - step
}
