// Why tracing failed here: what is missing, how that was found out, and the command that mends it.
import { constants } from 'node:os'
import { describeErrno } from '../errno.js'
import { CannotTraceError } from '../errors.js'
import { btfFiles, btfFolders } from './kernel-btf.js'
import { holds, missingCapabilities } from './capabilities.js'
import { type Facts, paths } from './facts.js'
import { perfSetting, settingCommands, settingPaths } from './settings.js'

/** What failed, as BpfFailure has it. */
export interface Failed {
  message: string
  step: 'open' | 'load' | 'attach'
  errno: number
  /** The kernel refused memory for a map. */
  isMapRefused: boolean
}

const { EPERM, ENOENT, EACCES } = constants.errno

/** What is missing, how that was found out, and what mends it. */
export interface Cause {
  what: string
  mend: string
}

/** The one paragraph for the person who wanted to trace. `rerun`: this command line as root would type it. */
export function explainFailure(failed: Failed, facts: Facts, rerun: string): CannotTraceError {
  const cause = causeOf(failed, facts, rerun)
  const text = cause ?? `${unexplained(failed, facts)}; --verbose shows the kernel's words`
  return new CannotTraceError(`cannot trace here: ${text}`)
}

/** The cause in a clause; undefined where it is none of those known. */
export function causeOf(failed: Failed, facts: Facts, rerun: string): string | undefined {
  const found = Object.values(causes).map((explain) => explain(facts, failed, rerun))
  const cause = found.find((one) => one !== undefined)
  return cause === undefined ? undefined : `${cause.what}; ${cause.mend}`
}

/** What was attempted, and the errno by name. */
export function unexplained({ message, errno }: Failed, { release }: Facts): string {
  return `${message}: ${describeErrno(errno)} on Linux ${release}`
}

type Explain = (facts: Facts, failed: Failed, rerun: string) => Cause | undefined

const capabilities: Explain = ({ capabilities: held }, _failed, rerun) => {
  const missing = missingCapabilities(held)
  if (missing.length === 0) return undefined
  const proof = `CapEff in /proc/self/status is ${held.toString(16).padStart(16, '0')}`
  return {
    what: `it takes root, or ${missing.join(' and ')}, which this process does not hold (${proof})`,
    mend: `run: ${rerun}`,
  }
}

const userNamespace: Explain = ({ inUserNamespace }) =>
  inUserNamespace
    ? {
        what: 'this is a user namespace, such as a rootless container (/proc/self/uid_map maps not all users), and its capabilities do not reach the kernel',
        mend: 'run it on the host or in a privileged container',
      }
    : undefined

const btf: Explain = ({ hasBtf, release }) =>
  hasBtf
    ? undefined
    : {
        what: `Linux ${release} shows no type information (there is no ${paths.btf})`,
        mend: `it takes a kernel built with CONFIG_DEBUG_INFO_BTF=y, as the distributions' are, and a whole /sys: mount -t sysfs sysfs /sys; or a BTF file for just this kernel, as BTFHub has them: --btf FILE, or ${btfFiles(btfFolders)[0]}`,
      }

const ringBuffer: Explain = ({ hasRingBuffer, release }) =>
  hasRingBuffer
    ? undefined
    : {
        what: `Linux ${release} has no BPF ring buffers (it refused to create one)`,
        mend: 'they came with Linux 5.8: boot a newer kernel',
      }

const lockdown: Explain = ({ lockdown: mode, refusesKernelReads }) => {
  if (mode !== 'confidentiality' && (mode !== undefined || !refusesKernelReads)) return undefined
  const proof =
    mode === undefined
      ? 'it refuses BPF programs that read kernel memory, and no others'
      : `see ${paths.lockdown}`
  return {
    what: `the kernel is in lockdown mode confidentiality (${proof}), in which nothing may read kernel memory`,
    mend: "boot with lockdown=integrity on the kernel's command line, or without Secure Boot",
  }
}

const seccomp: Explain = ({ isFiltered }, { errno }) =>
  isFiltered && errno === EPERM
    ? {
        what: 'bpf(2) is refused (EPERM) to a process that holds the capabilities and runs under a seccomp filter (Seccomp: 2 in /proc/self/status)',
        mend: "allow bpf and perf_event_open in the container's seccomp profile",
      }
    : undefined

/** Debian's and Ubuntu's kernels know a level beyond those of the kernel itself. */
const perfEvents: Explain = ({ perfParanoia, capabilities: held }, { step, errno }, rerun) =>
  perfParanoia > 2 && !holds(held, 'CAP_SYS_ADMIN') && step === 'attach' && errno === EACCES
    ? {
        what: `kprobes and tracepoints take CAP_SYS_ADMIN here (${perfSetting.path} is ${perfParanoia}), which this process does not hold`,
        mend: `run: ${perfSetting.command}; or: ${rerun}`,
      }
    : undefined

const tracefs: Explain = ({ hasTracefs, isTracefsClosed }, { step, errno }, rerun) => {
  if (hasTracefs || step !== 'attach') return undefined
  if (isTracefsClosed && errno === EACCES)
    return {
      what: `this way of hooking reads tracefs (${paths.tracefs[0]}), which takes CAP_DAC_READ_SEARCH, and this process does not hold it`,
      mend: `run: ${rerun}`,
    }
  return errno === ENOENT
    ? {
        what: `tracefs is not mounted (there is no ${paths.tracefs[0]}), and this way of hooking needs it`,
        mend: 'run: mount -t tracefs tracefs /sys/kernel/tracing',
      }
    : undefined
}

const ftrace: Explain = ({ ftraceIsOff }, { step }) =>
  ftraceIsOff && step === 'attach'
    ? {
        what: `ftrace is switched off (${settingPaths.ftrace} is 0), and this way of hooking needs it`,
        mend: `run: ${settingCommands.ftrace}`,
      }
    : undefined

const memory: Explain = ({ release, chargesMemlock }, { errno, isMapRefused }) =>
  isMapRefused || (chargesMemlock && errno === EPERM)
    ? {
        what: `Linux ${release} refused the memory for maps or programs (${describeErrno(errno)})`,
        mend: 'before 5.11 they count against RLIMIT_MEMLOCK: raise it with ulimit -l unlimited, add CAP_SYS_RESOURCE, or choose a smaller buffer with --buffer-pages',
      }
    : undefined

/** By what is missing; the first that holds is the cause. */
export const causes = {
  capabilities,
  userNamespace,
  btf,
  ringBuffer,
  lockdown,
  seccomp,
  perfEvents,
  tracefs,
  ftrace,
  memory,
}
