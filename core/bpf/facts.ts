// What this machine and this process say about themselves, read when something failed.
import { accessSync, existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { kind } from '../btf/parse.js'
import { loadAddon } from './addon.js'
import { heldCapabilities, statusField } from './capabilities.js'
import { chooseBtf, OWN_BTF } from './kernel-btf.js'
import { isFtraceOff, perfParanoia } from './settings.js'

export const paths = {
  btf: OWN_BTF,
  lockdown: '/sys/kernel/security/lockdown',
  tracefs: ['/sys/kernel/tracing/events', '/sys/kernel/debug/tracing/events'],
} as const

export interface Facts {
  release: string
  /** CapEff of this process. */
  capabilities: bigint
  /** Root only within a user namespace. */
  inUserNamespace: boolean
  /** Its own, or a file that stands for it. */
  hasBtf: boolean
  hasRingBuffer: boolean
  hasTracefs: boolean
  /** It may be there, and this process may not look. */
  isTracefsClosed: boolean
  /** kernel.perf_event_paranoid; from 3 on distributions' kernels take CAP_SYS_ADMIN for kprobes and tracepoints. */
  perfParanoia: number
  /** Maps and programs count against RLIMIT_MEMLOCK (before 5.11). */
  chargesMemlock: boolean
  /** kernel.ftrace_enabled is 0. */
  ftraceIsOff: boolean
  /** The mode in brackets; undefined where it cannot be read. */
  lockdown: string | undefined
  /** Programs that read kernel memory are refused, others are not. */
  refusesKernelReads: boolean
  /** Under a seccomp filter. */
  isFiltered: boolean
}

/** linux/bpf.h: program type kprobe, helpers probe_read_kernel and get_current_pid_tgid, map type ring buffer. */
const [KPROBE, PROBE_READ_KERNEL, GET_PID, RING_BUFFER] = [2, 113, 14, 27]

/** Reads all of it; some by asking the kernel to load tiny programs. `btf`: as --btf has it. */
export function gatherFacts(btf?: string): Facts {
  const addon = loadAddon()
  return {
    release: release(),
    capabilities: heldCapabilities(),
    inUserNamespace: !/^\s*0\s+0\s+4294967295\s*$/m.test(read('/proc/self/uid_map') ?? '0 0 4294967295'),
    hasBtf: existsSync(paths.btf) || chooseBtf(btf) !== undefined,
    hasRingBuffer: addon.probeMapType(RING_BUFFER) === 1,
    hasTracefs: paths.tracefs.some((path) => existsSync(path)),
    isTracefsClosed: paths.tracefs.some((path) => isClosed(path)),
    perfParanoia: perfParanoia(),
    chargesMemlock: hasStruct('bpf_map_memory'),
    ftraceIsOff: isFtraceOff(),
    lockdown: /\[(\w+)\]/.exec(read(paths.lockdown) ?? '')?.[1],
    refusesKernelReads:
      addon.probeHelper(KPROBE, PROBE_READ_KERNEL) === 0 && addon.probeHelper(KPROBE, GET_PID) === 1,
    isFiltered: statusField('Seccomp') === '2',
  }
}

/** Whether only the right to look is missing. */
function isClosed(path: string): boolean {
  try {
    accessSync(path)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}

/** Whether the kernel's own types have a struct of that name. */
function hasStruct(name: string): boolean {
  const types = loadAddon().openBtf()
  if (typeof types === 'number') return false
  const found = types.find(name, kind.struct) > 0
  types.close()
  return found
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
