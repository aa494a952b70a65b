// What of the programs that it is given this kernel may skip.
//
// Since 5.12 programs of trampolines (fentry, fexit), and lately of tracepoints too, run with preemption allowed, and
// the kernel skips a program that is already running on that CPU: while one task is preempted inside it, the events of
// all others there are missed (74d862b682f5, ca06f55b9002). Kprobes run with preemption off; but one that an interrupt
// comes to while another runs is skipped.
import { readFileSync } from 'node:fs'
import { release, version } from 'node:os'
import { readConfig } from './config.js'

export interface Skips {
  /** As uname(2) has it: `6.1.0-56-amd64`. */
  kernel: string
  /** Whether another task may take the CPU while a program runs. */
  preemptible: boolean
  /** Whether the kernel says how many kprobes it has skipped. */
  countsKprobes: boolean
}

export function readSkips(): Skips {
  const kernel = release()
  return { kernel, preemptible: isPreemptible(), countsKprobes: countsKprobes(kernel) }
}

/** Since 6.7 (3acf8ace6823, dd8657894c11); some kernels before it have that too, for which this is too careful. */
export function countsKprobes(kernel: string): boolean {
  return isSince(kernel, [6, 7])
}

/** Whether a kernel is that version of Linux or a later one. */
export function isSince(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [itsMajor = 0, itsMinor = 0] = kernel.split(/[.-]/).map(Number)
  return itsMajor > major || (itsMajor === major && itsMinor >= minor)
}

const preempting = new Set(['full', 'lazy'])

/** Asks, in this order: the scheduler, the kernel's command line, its configuration, its version string. */
export function isPreemptible(): boolean {
  const mode = modeOf(read('/sys/kernel/debug/sched/preempt')) ?? commandLineMode(read('/proc/cmdline'))
  if (mode !== undefined) return preempting.has(mode)
  const config = readConfig()
  if (config !== undefined) return /^CONFIG_PREEMPT(_LAZY|_RT)?=y$/m.test(config)
  return /\bPREEMPT/.test(version())
}

/** The mode in parentheses: `none voluntary (full) lazy`. */
export function modeOf(line: string | undefined): string | undefined {
  return /\((\w+)\)/.exec(line ?? '')?.[1]
}

function commandLineMode(line: string | undefined): string | undefined {
  return /(?:^|\s)preempt=(\w+)/.exec(line ?? '')?.[1]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
