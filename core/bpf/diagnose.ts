// Why tracing failed here: what is missing, how that was found out, and the command that mends it.
import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { describeErrno } from '../errno.js'
import { CannotTraceError } from '../errors.js'
import { loadAddon } from './addon.js'
import type { BpfFailure } from './object.js'

const capability = { sysAdmin: 21, perfmon: 38, bpf: 39 }
/** linux/bpf.h: program type kprobe, helpers probe_read_kernel and get_current_pid_tgid, map type ring buffer. */
const KPROBE = 2
const PROBE_READ_KERNEL = 113
const GET_PID = 14
const RING_BUFFER = 27

const BTF = '/sys/kernel/btf/vmlinux'
const LOCKDOWN = '/sys/kernel/security/lockdown'

/** The one paragraph for the person who wanted to trace. `rerun`: this command line as root would type it. */
export function explainFailure(failure: BpfFailure, rerun: string): CannotTraceError {
  const known =
    missingCapabilities(rerun) ?? missingBtf() ?? missingRingBuffer() ?? lockdown() ?? seccomp(failure)
  const text =
    known ?? `${failure.message}: ${describeErrno(failure.errno)}; --verbose shows what the kernel says`
  return new CannotTraceError(`cannot trace here: ${text}`)
}

/** Whether this process holds what loading and attaching takes. */
export function isPrivileged(): boolean {
  const held = BigInt(`0x${statusField('CapEff') ?? '0'}`)
  const has = (bit: number): boolean => ((held >> BigInt(bit)) & 1n) === 1n
  return has(capability.sysAdmin) || (has(capability.bpf) && has(capability.perfmon))
}

function missingCapabilities(rerun: string): string | undefined {
  if (isPrivileged()) {
    if (inUserNamespace()) {
      return 'this is a user namespace, such as a rootless container (/proc/self/uid_map maps only part of the users), where capabilities do not reach the kernel; run it on the host or in a privileged container'
    }
    return undefined
  }
  const held = statusField('CapEff')
  return `it takes root, or the capabilities CAP_BPF and CAP_PERFMON, and this process has neither (CapEff is ${held} in /proc/self/status); run: ${rerun}`
}

function missingBtf(): string | undefined {
  if (existsSync(BTF)) return undefined
  return `the kernel ${release()} has no type information (there is no ${BTF}); it takes a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all current distributions' are, and /sys mounted`
}

function missingRingBuffer(): string | undefined {
  if (loadAddon().probeMapType(RING_BUFFER) === 1) return undefined
  return `the kernel ${release()} has no BPF ring buffers (creating one failed); they came with Linux 5.8`
}

function lockdown(): string | undefined {
  const mode = lockdownMode()
  if (mode === 'none' || mode === 'integrity') return undefined
  const proven = mode === 'confidentiality' ? `${LOCKDOWN} says confidentiality` : undefined
  const addon = loadAddon()
  const refused =
    addon.probeHelper(KPROBE, PROBE_READ_KERNEL) === 0 && addon.probeHelper(KPROBE, GET_PID) === 1
  const proof =
    proven ?? (refused ? 'it refuses BPF programs that read kernel memory, and accepts others' : undefined)
  if (proof === undefined) return undefined
  return `the kernel is in lockdown mode "confidentiality" (${proof}), which forbids reading kernel memory; boot it with lockdown=integrity or none, or without Secure Boot`
}

function seccomp(failure: BpfFailure): string | undefined {
  if (failure.errno !== 1 || statusField('Seccomp') !== '2') return undefined
  return "the system call bpf() is refused (EPERM) though the capabilities are there, and this process runs under a seccomp filter (Seccomp: 2 in /proc/self/status); allow bpf and perf_event_open in the container's seccomp profile"
}

function lockdownMode(): string | undefined {
  try {
    return /\[(\w+)\]/.exec(readFileSync(LOCKDOWN, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function inUserNamespace(): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/m.test(readFileSync('/proc/self/uid_map', 'utf8'))
  } catch {
    return false
  }
}

function statusField(name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
