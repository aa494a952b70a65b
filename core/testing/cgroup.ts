// Cgroups (v2) that tests make.
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'

export const CGROUPS = '/sys/fs/cgroup'

/** A cgroup by its path below the mount, made with those above it. */
export class TestCgroup {
  readonly name: string

  constructor(name: string) {
    this.name = name
    mkdirSync(this.path, { recursive: true })
  }

  get path(): string {
    return `${CGROUPS}/${this.name}`
  }

  /** Moves a process here. */
  enter(pid: number): void {
    moveTo(this.path, pid)
  }

  /** Only once it is empty. */
  remove(): void {
    rmdirSync(this.path)
  }
}

/** Moves a process out of every cgroup, to the root of them. */
export function leaveCgroups(pid: number): void {
  moveTo(CGROUPS, pid)
}

function moveTo(path: string, pid: number): void {
  writeFileSync(`${path}/cgroup.procs`, String(pid))
}
