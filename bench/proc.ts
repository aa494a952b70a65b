// What the kernel knows of a process and all its threads.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

function threads(pid: number, file: string): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      return readFileSync(`/proc/${pid}/task/${tid}/${file}`, 'latin1')
    } catch {
      return []
    }
  })
}

/** CPU so far in milliseconds, to the nanosecond; /proc/PID/stat counts ticks only. */
export function cpuMs(pid: number): number {
  return threads(pid, 'schedstat').reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1e6, 0)
}

/** How often its threads have gone to sleep, and so were woken. */
export function sleeps(pid: number): number {
  return threads(pid, 'status').reduce(
    (sum, status) => sum + Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? 0),
    0,
  )
}

/** Resident memory in MB, now and at its highest. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const of = (key: string): number =>
    Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

/** How much it holds of BPF: programs, links, and probes that these hang on. */
export function probesOf(pid: number): number {
  const held = readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return /bpf-prog|bpf_link|perf_event/.test(readlinkSync(`/proc/${pid}/fd/${fd}`))
    } catch {
      return false
    }
  })
  return held.length
}
