// The kernel's clock.
// oxlint-disable-next-line no-restricted-imports -- a clock alone
import { hrtime } from 'node:process'

/** CLOCK_MONOTONIC in nanoseconds, as bpf_ktime_get_ns() has it. */
export function monotonicNow(): number {
  return Number(hrtime.bigint())
}

/** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0. */
export function epochAtZero(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)) - hrtime.bigint()
}
