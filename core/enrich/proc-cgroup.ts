// /proc/PID/cgroup: the cgroups of a process, one a hierarchy.
import { readFileSync } from 'node:fs'
import { decodeText } from '../btf/text.js'

export interface ProcessCgroup {
  /** 0: v2. */
  hierarchy: number
  path: string
}

/** None for a process that is gone. */
export function readCgroups(pid: number): ProcessCgroup[] {
  try {
    const bytes = readFileSync(`/proc/${pid}/cgroup`)
    return parseCgroups(decodeText(bytes, 0, bytes.length))
  } catch {
    return []
  }
}

/** From its text: `0::/PATH` of v2, `5:cpu,cpuacct:/PATH` of v1. */
export function parseCgroups(text: string): ProcessCgroup[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([0-9]+):[^:]*:(.*)$/s.exec(line)
    if (found === null) return []
    return [{ hierarchy: Number(found[1]), path: (found[2] ?? '').replace(/ \(deleted\)$/, '') }]
  })
}
