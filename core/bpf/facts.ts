// What this machine and this process say about themselves, read when something failed.
import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { loadAddon } from './addon.js'

export const paths = {
  btf: '/sys/kernel/btf/vmlinux',
  lockdown: '/sys/kernel/security/lockdown',
  tracefs: ['/sys/kernel/tracing/events', '/sys/kernel/debug/tracing/events'],
} as const

/** capabilities(7): numbers in CapEff. */
export const capability = { CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const

export interface Facts {
  release: string
  /** CapEff of this process. */
  capabilities: bigint
  /** Root only within a user namespace. */
  inUserNamespace: boolean
  hasBtf: boolean
  hasRingBuffer: boolean
  hasTracefs: boolean
  /** The mode in brackets; undefined where it cannot be read. */
  lockdown: string | undefined
  /** Programs that read kernel memory are refused, others are not. */
  refusesKernelReads: boolean
  /** Under a seccomp filter. */
  isFiltered: boolean
}

/** linux/bpf.h: program type kprobe, helpers probe_read_kernel and get_current_pid_tgid, map type ring buffer. */
const [KPROBE, PROBE_READ_KERNEL, GET_PID, RING_BUFFER] = [2, 113, 14, 27]

/** Reads all of it; some by asking the kernel to load tiny programs. */
export function gatherFacts(): Facts {
  const addon = loadAddon()
  return {
    release: release(),
    capabilities: heldCapabilities(),
    inUserNamespace: !/^\s*0\s+0\s+4294967295\s*$/m.test(read('/proc/self/uid_map') ?? '0 0 4294967295'),
    hasBtf: existsSync(paths.btf),
    hasRingBuffer: addon.probeMapType(RING_BUFFER) === 1,
    hasTracefs: paths.tracefs.some((path) => existsSync(path)),
    lockdown: /\[(\w+)\]/.exec(read(paths.lockdown) ?? '')?.[1],
    refusesKernelReads:
      addon.probeHelper(KPROBE, PROBE_READ_KERNEL) === 0 && addon.probeHelper(KPROBE, GET_PID) === 1,
    isFiltered: statusField('Seccomp') === '2',
  }
}

/** The effective capabilities of this process, a bit each. */
export function heldCapabilities(): bigint {
  return BigInt(`0x${statusField('CapEff') ?? '0'}`)
}

/** Capabilities among those that loading and attaching takes which are not held; CAP_SYS_ADMIN stands for both. */
export function missingCapabilities(held: bigint): string[] {
  const has = (bit: number): boolean => ((held >> BigInt(bit)) & 1n) === 1n
  if (has(capability.CAP_SYS_ADMIN)) return []
  return (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !has(capability[name]))
}

function statusField(name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(read('/proc/self/status') ?? '')?.[1]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
