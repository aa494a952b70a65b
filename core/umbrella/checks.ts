// What snoopkit doctor says about the machine: each requirement, what was found, what it costs, what mends it.
import { constants } from 'node:os'
import { configPaths, unsetOptions } from '../bpf/config.js'
import { type Cause, causes, type Failed } from '../bpf/diagnose.js'
import { missingCapabilities } from '../bpf/capabilities.js'
import type { Facts } from '../bpf/facts.js'
import type { Skips } from '../bpf/skips.js'
import { settingCommands, settingPaths, type Settings } from '../bpf/settings.js'

export interface Check {
  check: string
  state: 'ok' | 'note' | 'missing' | 'unknown'
  found: string
  why: string | null
  /** What does not work for it. */
  costs: string | null
  mend: string | null
}

/** All that was read of a machine. */
export interface Machine {
  facts: Facts
  settings: Settings
  /** The kernel's configuration, where it can be read. */
  config: string | undefined
  skips: Skips
  architecture: string
  libbpf: string
}

/** What can be lost: see Check.costs. */
const EVERYTHING = 'every tool'
const FUNCTIONS = 'ways of hooking by fentry and fexit'
const KPROBES = 'ways of hooking by kprobe'
const TRACEPOINTS = 'ways of hooking by tracepoint'
const PERF_EVENTS = 'ways of hooking by kprobe and tracepoint'

const { EPERM, ENOENT, EACCES } = constants.errno
const nothing: Failed = { message: '', step: 'load', errno: 0, isMapRefused: false }

/** Kernel options by what goes without them; documented in the kernel's Kconfig files. */
const configNeeds: Record<string, readonly string[]> = {
  [EVERYTHING]: ['BPF_SYSCALL', 'BPF_EVENTS', 'PERF_EVENTS', 'DEBUG_INFO_BTF'],
  [FUNCTIONS]: ['BPF_JIT', 'FUNCTION_TRACER', 'DYNAMIC_FTRACE'],
  [KPROBES]: ['KPROBES', 'KPROBE_EVENTS'],
  [TRACEPOINTS]: ['FTRACE_SYSCALLS'],
}

/** One a requirement. `rerun`: this command line as root would type it. */
export function checksOf(machine: Machine, rerun: string): Check[] {
  const { facts, settings, config, skips, architecture, libbpf } = machine
  const missing = missingCapabilities(facts.capabilities)
  /** Some answers take the capabilities. */
  const asked = missing.length === 0
  const cause = (name: keyof typeof causes, failed: Partial<Failed> = {}): Cause | undefined =>
    causes[name](facts, { ...nothing, ...failed }, rerun)
  return [
    asked
      ? judged('kernel', `Linux ${facts.release}, ${architecture}`, cause('ringBuffer'), EVERYTHING)
      : unknown('kernel', `Linux ${facts.release}, ${architecture}`, 'whether it has BPF ring buffers'),
    judged('type information', facts.hasBtf ? 'BTF is there' : 'none', cause('btf'), EVERYTHING),
    facts.lockdown === undefined && !asked
      ? unknown('lockdown', 'cannot be read', 'whether reads of kernel memory are refused')
      : judged('lockdown', lockdownWords(facts), cause('lockdown'), EVERYTHING),
    judged('capabilities', asked ? 'held' : `no ${missing.join(', no ')}`, cause('capabilities'), EVERYTHING),
    judged(
      'user namespace',
      facts.inUserNamespace ? 'not the first' : 'the first',
      cause('userNamespace'),
      EVERYTHING,
    ),
    seccompCheck(facts, cause('seccomp', { errno: EPERM })),
    facts.hasTracefs || asked
      ? judged(
          'tracefs',
          facts.hasTracefs ? 'mounted' : 'not mounted',
          cause('tracefs', { step: 'attach', errno: facts.isTracefsClosed ? EACCES : ENOENT }),
          TRACEPOINTS,
        )
      : unknown('tracefs', 'cannot be read', 'whether it is mounted'),
    judged(
      'perf events',
      `kernel.perf_event_paranoid is ${facts.perfParanoia}`,
      cause('perfEvents', { step: 'attach', errno: EACCES }),
      PERF_EVENTS,
    ),
    ...settingChecks(settings),
    ...configChecks(config),
    ok(
      'preemption',
      skips.preemptible ? 'on: what the kernel may skip for it comes last' : 'off or voluntary',
    ),
    ok('libbpf', libbpf),
  ]
}

function lockdownWords({ lockdown, refusesKernelReads }: Facts): string {
  if (lockdown !== undefined) return lockdown
  return `cannot be read; reads of kernel memory are ${refusesKernelReads ? 'refused' : 'allowed'}`
}

function seccompCheck({ isFiltered }: Facts, cause: Cause | undefined): Check {
  if (!isFiltered) return ok('seccomp', 'no filter')
  return {
    check: 'seccomp',
    state: 'note',
    found: 'a filter is on',
    why: 'it may refuse bpf(2); the tools below show whether it does',
    costs: null,
    mend: cause?.mend ?? null,
  }
}

function settingChecks({ unprivilegedBpf, jit, ftrace, kprobes }: Settings): Check[] {
  return [
    unprivilegedBpf === undefined
      ? unknown('unprivileged BPF', 'cannot be read', null)
      : ok('unprivileged BPF', unprivilegedBpf === '0' ? 'allowed' : 'refused, which costs no tool anything'),
    jitCheck(jit),
    switchOf('ftrace', ftrace, FUNCTIONS, settingCommands.ftrace, settingPaths.ftrace),
    switchOf('kprobes', kprobes, KPROBES, settingCommands.kprobes, settingPaths.kprobes),
  ]
}

/** Programs are then interpreted, those of fentry and fexit as well. */
function jitCheck(jit: string | undefined): Check {
  const check = switchOf('BPF JIT', jit, 'speed, in every tool', settingCommands.jit, settingPaths.jit)
  return check.state === 'missing' ? { ...check, state: 'note' } : check
}

function switchOf(
  check: string,
  value: string | undefined,
  costs: string,
  command: string,
  path: string,
): Check {
  if (value === undefined) return unknown(check, 'cannot be read', `${path} would say it`)
  if (value !== '0') return ok(check, 'on')
  return { check, state: 'missing', found: 'off', why: `${path} is 0`, costs, mend: `run: ${command}` }
}

function configChecks(config: string | undefined): Check[] {
  if (config === undefined)
    return [unknown('configuration', 'cannot be read', `${configPaths.join(' and ')} would say it`)]
  const unset = Object.entries(configNeeds).map(([costs, names]): [string, string[]] => [
    costs,
    unsetOptions(config, names),
  ])
  const checks = unset
    .filter(([, names]) => names.length > 0)
    .map(([costs, names]): Check => {
      const words = names.map((name) => `CONFIG_${name}`)
      return {
        check: 'configuration',
        state: 'missing',
        found: `without ${words.join(', ')}`,
        why: `the kernel was built without ${words.join(', ')}`,
        costs,
        mend: `boot a kernel with ${words.map((word) => `${word}=y`).join(', ')}`,
      }
    })
  return checks.length > 0 ? checks : [ok('configuration', 'has all that is used')]
}

function judged(check: string, found: string, cause: Cause | undefined, costs: string): Check {
  if (cause === undefined) return ok(check, found)
  return { check, state: 'missing', found, why: cause.what, costs, mend: cause.mend }
}

function ok(check: string, found: string): Check {
  return { check, state: 'ok', found, why: null, costs: null, mend: null }
}

function unknown(check: string, found: string, why: string | null): Check {
  return { check, state: 'unknown', found, why, costs: null, mend: null }
}
