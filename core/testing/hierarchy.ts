// Hierarchies of cgroups (v1) that tests mount.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One with these mount options, such as `pids` or `none,name=x`. */
export class TestHierarchy {
  readonly mount = mkdtempSync(join(tmpdir(), 'hierarchy-'))
  readonly #made: string[] = []

  constructor(options: string) {
    execFileSync('mount', ['-t', 'cgroup', '-o', options, 'none', this.mount])
  }

  /** Makes a cgroup by its path below the mount, and moves these processes there; none: made only. */
  make(name: string, ...pids: number[]): string {
    const path = join(this.mount, name)
    mkdirSync(path, { recursive: true })
    this.#made.push(path)
    for (const pid of pids) writeFileSync(join(path, 'cgroup.procs'), String(pid))
    return path
  }

  /** Only once its processes have ended. */
  remove(): void {
    for (const path of this.#made.toReversed()) rmdirSync(path)
    execFileSync('umount', [this.mount])
    rmdirSync(this.mount)
  }
}
