// What this process may do: capabilities(7), by name.
import { readFileSync } from 'node:fs'

/** Those that matter here, with their numbers. */
export const capability = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const

export type Capability = keyof typeof capability

/** The effective capabilities of this process, a bit each. */
export function heldCapabilities(): bigint {
  return BigInt(`0x${statusField('CapEff') ?? '0'}`)
}

/** Whether it is among them. */
export function holds(held: bigint, name: Capability): boolean {
  return ((held >> BigInt(capability[name])) & 1n) === 1n
}

/** Capabilities among those that loading and attaching takes which are not held; CAP_SYS_ADMIN stands for both. */
export function missingCapabilities(held: bigint): Capability[] {
  if (holds(held, 'CAP_SYS_ADMIN')) return []
  return (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !holds(held, name))
}

/** A field of /proc/self/status: its first word. */
export function statusField(name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
