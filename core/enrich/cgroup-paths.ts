// From a cgroup's number, as the kernel side sends it, to its path below the mount of its hierarchy.
import { readdirSync, statSync } from 'node:fs'
import { readCgroups } from './proc-cgroup.js'
import { type Hierarchy, homeHierarchy, mountedHierarchies } from './hierarchies.js'
import { monotonicMs } from '../monotonic.js'

/** A walk over all cgroups may take this part of the time. */
const WALK_SHARE = 0.1

export class CgroupPaths {
  /** undefined: looked for and gone, for good: no number comes a second time. */
  readonly #known = new Map<number, string | undefined>()
  #nextWalk = 0
  readonly hierarchy: Hierarchy | undefined

  constructor(hierarchy: Hierarchy | undefined) {
    this.hierarchy = hierarchy
  }

  /** Where the cgroup with this number is, or was: `/system.slice/nginx.service`. `pid`: a process that was in it. */
  find(id: number, pid?: number): string | undefined {
    if (id === 0 || this.hierarchy === undefined) return undefined
    if (this.#known.has(id)) return this.#known.get(id)
    const path = pid === undefined ? undefined : this.#ofProcess(pid)
    if (path !== undefined && this.#idOf(path) === id) {
      this.#known.set(id, path)
      return path
    }
    if (monotonicMs() < this.#nextWalk) return undefined
    const started = monotonicMs()
    this.list()
    const ended = monotonicMs()
    this.#nextWalk = ended + (ended - started) / WALK_SHARE
    if (!this.#known.has(id)) this.#known.set(id, undefined)
    return this.#known.get(id)
  }

  /** Every cgroup there is, by path. */
  list(): string[] {
    const paths: string[] = []
    const waiting = ['/']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const id = this.#idOf(path)
      if (id === undefined) continue
      this.#known.set(id, path)
      paths.push(path)
      for (const name of this.#childrenOf(path)) waiting.push(path === '/' ? `/${name}` : `${path}/${name}`)
    }
    return paths
  }

  #ofProcess(pid: number): string | undefined {
    const own = readCgroups(pid).find(({ hierarchy }) => hierarchy === this.hierarchy?.number)
    return own?.path
  }

  #idOf(path: string): number | undefined {
    try {
      return statSync(`${this.hierarchy?.mount}${path}`).ino
    } catch {
      return undefined
    }
  }

  #childrenOf(path: string): string[] {
    try {
      return readdirSync(`${this.hierarchy?.mount}${path}`, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    } catch {
      return []
    }
  }
}

let paths: CgroupPaths | undefined

/** Those of the hierarchy in which runtimes and systemd make theirs. */
export function cgroupPaths(): CgroupPaths {
  paths ??= new CgroupPaths(homeHierarchy(mountedHierarchies()))
  return paths
}
