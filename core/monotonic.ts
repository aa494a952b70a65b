// The kernel's clock. Not by node:perf_hooks, which takes a millisecond to load.
// oxlint-disable-next-line no-restricted-imports -- a clock alone
import { hrtime } from 'node:process'
import { loadAddon } from './bpf/addon.js'

/** CLOCK_MONOTONIC in nanoseconds, as bpf_ktime_get_ns() has it. */
export function monotonicNow(): number {
  return Number(hrtime.bigint())
}

/** The same in milliseconds, with fractions: for how long something took. */
export function monotonicMs(): number {
  return monotonicNow() / 1e6
}

/** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0. */
export function epochAtZero(): bigint {
  return loadAddon().epochAtZero()
}
