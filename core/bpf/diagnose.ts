// Why tracing failed here: what is missing, how that was found out, and the command that mends it.
import { describeErrno } from '../errno.js'
import { CannotTraceError } from '../errors.js'
import { type Facts, missingCapabilities, paths } from './facts.js'

/** What failed, as BpfFailure has it. */
export interface Failed {
  message: string
  step: 'open' | 'load' | 'attach'
  errno: number
  /** The kernel refused memory for a map. */
  isMapRefused: boolean
}

const EPERM = 1
const ENOENT = 2

/** The one paragraph for the person who wanted to trace. `rerun`: this command line as root would type it. */
export function explainFailure(failed: Failed, facts: Facts, rerun: string): CannotTraceError {
  const causes = [capabilities, userNamespace, btf, ringBuffer, lockdown, seccomp, tracefs, memory]
  const cause = causes.map((explain) => explain(facts, failed, rerun)).find((text) => text !== undefined)
  const text =
    cause ??
    `${failed.message}: ${describeErrno(failed.errno)} on Linux ${facts.release}; --verbose shows the kernel's words`
  return new CannotTraceError(`cannot trace here: ${text}`)
}

type Explain = (facts: Facts, failed: Failed, rerun: string) => string | undefined

const capabilities: Explain = ({ capabilities: held }, _failed, rerun) => {
  const missing = missingCapabilities(held)
  if (missing.length === 0) return undefined
  const proof = `CapEff in /proc/self/status is ${held.toString(16).padStart(16, '0')}`
  return `it takes root, or ${missing.join(' and ')}, which this process does not hold (${proof}); run: ${rerun}`
}

const userNamespace: Explain = ({ inUserNamespace }) =>
  inUserNamespace
    ? 'this is a user namespace, such as a rootless container (/proc/self/uid_map maps not all users), and its capabilities do not reach the kernel; run it on the host or in a privileged container'
    : undefined

const btf: Explain = ({ hasBtf, release }) =>
  hasBtf
    ? undefined
    : `Linux ${release} shows no type information (there is no ${paths.btf}); it takes a kernel built with CONFIG_DEBUG_INFO_BTF=y, as the distributions' are, and a whole /sys: mount -t sysfs sysfs /sys`

const ringBuffer: Explain = ({ hasRingBuffer, release }) =>
  hasRingBuffer
    ? undefined
    : `Linux ${release} has no BPF ring buffers (it refused to create one); they came with Linux 5.8: boot a newer kernel`

const lockdown: Explain = ({ lockdown: mode, refusesKernelReads }) => {
  if (mode !== 'confidentiality' && (mode !== undefined || !refusesKernelReads)) return undefined
  const proof =
    mode === undefined
      ? 'it refuses BPF programs that read kernel memory, and no others'
      : `see ${paths.lockdown}`
  return `the kernel is in lockdown mode confidentiality (${proof}), in which nothing may read kernel memory; boot with lockdown=integrity on the kernel's command line, or without Secure Boot`
}

const seccomp: Explain = ({ isFiltered }, { errno }) =>
  isFiltered && errno === EPERM
    ? "bpf(2) is refused (EPERM) to a process that holds the capabilities and runs under a seccomp filter (Seccomp: 2 in /proc/self/status); allow bpf and perf_event_open in the container's seccomp profile"
    : undefined

const tracefs: Explain = ({ hasTracefs }, { step, errno }) =>
  !hasTracefs && step === 'attach' && errno === ENOENT
    ? `tracefs is not mounted (there is no ${paths.tracefs[0]}), and this way of hooking needs it; run: mount -t tracefs tracefs /sys/kernel/tracing`
    : undefined

const memory: Explain = ({ release }, { errno, isMapRefused }) =>
  isMapRefused
    ? `Linux ${release} refused the memory for the maps (${describeErrno(errno)}); before 5.11 they count against RLIMIT_MEMLOCK: raise it with ulimit -l unlimited, or choose a smaller buffer with --buffer-pages`
    : undefined
