// Which cgroup --cgroup means: the directory as it is written, or the one below the mount of a hierarchy.
import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { completing, type WordParser } from '../cli/options.js'
import { type Hierarchy, homeHierarchy, mountedHierarchies } from './hierarchies.js'

// uapi/linux/magic.h
const CGROUP_V1 = 0x27e0eb
const CGROUP_V2 = 0x63677270

/** A cgroup as the kernel side knows it. */
export interface CgroupPlace {
  path: string
  /** The inode of its directory, which is the kernel's number for it. */
  id: number
  /** 0: v2. */
  hierarchy: number
}

/** The cgroup. Throws a TypeError that says what is accepted, or why this is not. */
export const parseCgroup: WordParser<CgroupPlace> = completing('cgroup', (word) => {
  const mounted = mountedHierarchies()
  const paths = [
    ...(word.startsWith('/') ? [word] : []),
    ...(word === '' ? [] : mountsToTry(mounted).map((mount) => join(mount, word))),
  ]
  const found = paths.map((path) => placeOf(path, mounted)).find((place) => place !== undefined)
  if (found === undefined) throw new TypeError(whyNot(paths, mounted))
  return found
})

/** The hierarchies by which a short path is looked for: v2, then the one that systemd and runtimes use. */
function mountsToTry(mounted: readonly Hierarchy[]): string[] {
  const tried = [mounted.find(({ number }) => number === 0), homeHierarchy(mounted)]
  return [...new Set(tried.flatMap((hierarchy) => hierarchy?.mount ?? []))]
}

function placeOf(path: string, mounted: readonly Hierarchy[]): CgroupPlace | undefined {
  const type = typeOf(path)
  if (type !== CGROUP_V1 && type !== CGROUP_V2) return undefined
  const { ino: id, dev } = statSync(path)
  const hierarchy = type === CGROUP_V2 ? 0 : mounted.find(({ device }) => device === deviceName(dev))?.number
  return hierarchy === undefined ? undefined : { path, id, hierarchy }
}

function whyNot(paths: readonly string[], mounted: readonly Hierarchy[]): string {
  const mount = mountsToTry(mounted)[0]
  if (mount === undefined) return 'a cgroup (none are mounted here: mount -t cgroup2 none /sys/fs/cgroup)'
  if (paths.map(typeOf).some((type) => type !== undefined)) return `a cgroup: a directory below ${mount}`
  return `a cgroup that exists below ${mount}`
}

/** As mountinfo writes a device: glibc's major and minor number. */
function deviceName(device: number): string {
  const [low, high] = [device >>> 0, Math.floor(device / 2 ** 32)]
  return `${((low >>> 8) & 0xfff) | (high & ~0xfff)}:${(low & 0xff) | ((low >>> 12) & ~0xff)}`
}

/** The file system a directory is of, 0 for what is no directory; undefined where nothing is. */
function typeOf(path: string): number | undefined {
  try {
    return statSync(path).isDirectory() ? statfsSync(path).type : 0
  } catch {
    return undefined
  }
}
