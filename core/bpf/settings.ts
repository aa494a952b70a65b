// Switches of the running kernel that BPF programs depend on.
import { readFileSync } from 'node:fs'

/** Each with the file that holds it. */
export const settingPaths = {
  unprivilegedBpf: '/proc/sys/kernel/unprivileged_bpf_disabled',
  jit: '/proc/sys/net/core/bpf_jit_enable',
  ftrace: '/proc/sys/kernel/ftrace_enabled',
  kprobes: '/sys/kernel/debug/kprobes/enabled',
} as const

/** What sets each to where BPF programs work, and fast. */
export const settingCommands = {
  jit: 'sysctl -w net.core.bpf_jit_enable=1',
  ftrace: 'sysctl -w kernel.ftrace_enabled=1',
  kprobes: `echo 1 >${settingPaths.kprobes}`,
} as const

/** Not one of them: root may do all that it forbids. */
export const perfSetting = {
  path: '/proc/sys/kernel/perf_event_paranoid',
  command: 'sysctl -w kernel.perf_event_paranoid=2',
} as const

/** The words in those files; undefined where one cannot be read. */
export type Settings = Record<keyof typeof settingPaths, string | undefined>

/** Reads them all. */
export function readSettings(): Settings {
  const entries = Object.entries(settingPaths).map(([name, path]) => [name, read(path)])
  return Object.fromEntries(entries) as Settings
}

/** Whether functions cannot be traced for now. */
export function isFtraceOff(): boolean {
  return read(settingPaths.ftrace) === '0'
}

/** How little others than root may do with perf_event_open(2): -1 to 2, on some distributions to 4. */
export function perfParanoia(): number {
  return Number(read(perfSetting.path) ?? 2)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
