// What a process may do, as /proc/PID/task/*/status has it, of all its threads.
import { readdirSync, readFileSync } from 'node:fs'
import { capability, type Capability } from '../bpf/capabilities.js'

export interface Privileges {
  /** Real, effective, saved and file system user. */
  uids: string
  gids: string
  groups: string
  inheritable: string
  permitted: string
  effective: string
  bounding: string
  ambient: string
  noNewPrivileges: string
}

/** Of a process whose threads all have the same; throws where one has others. */
export function privilegesOf(pid: number): Privileges {
  const threads = readdirSync(`/proc/${pid}/task`).map((tid) => {
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8')
    const field = (name: string): string =>
      (new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1] ?? '').trim().replaceAll('\t', ' ')
    return {
      uids: field('Uid'),
      gids: field('Gid'),
      groups: field('Groups'),
      inheritable: field('CapInh'),
      permitted: field('CapPrm'),
      effective: field('CapEff'),
      bounding: field('CapBnd'),
      ambient: field('CapAmb'),
      noNewPrivileges: field('NoNewPrivs'),
    }
  })
  const different = new Set(threads.map((thread) => JSON.stringify(thread)))
  const [first] = threads
  if (different.size !== 1 || first === undefined || threads.length < 2)
    throw new Error(`threads with different privileges: ${[...different].join('\n')}`)
  return first
}

/** A set as the kernel writes it. */
export function setOf(names: readonly Capability[]): string {
  const bits = names.reduce((all, name) => all | (1n << BigInt(capability[name])), 0n)
  return bits.toString(16).padStart(16, '0')
}
