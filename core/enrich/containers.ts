// Which container or unit a cgroup is, by its path: runtimes and systemd name those.
import { cgroupPaths } from './cgroup-paths.js'
import type { Lookup } from './lookup.js'
import { readCgroups } from './proc-cgroup.js'
import { RuntimeState } from './runtimes.js'

/** What is known of where a process runs; a value that JSON can hold. */
export interface Container {
  /** The container's name or short ID; for a process in none its systemd unit. Missing: it is known to be in neither. */
  container?: string
  /** The Kubernetes pod, by name or else by UID. */
  pod?: string
  /** The Kubernetes namespace. */
  namespace?: string
}

/** What a path says by itself. */
export interface CgroupNames {
  /** 64 hex digits. */
  id?: string
  /** LXC's. */
  name?: string
  podUid?: string
  unit?: string
}

/** Of a container's 64 hex digits, as many as runtimes show. */
export const SHORT = 12

/** `docker-ID.scope` by systemd, `ID` without it, `kubepods-….slice:cri-containerd:ID` where containerd is told wrongly. */
const CONTAINER =
  /^(?:.*:)?(?:(?:docker|libpod|cri-containerd|crio|nerdctl)[-:])?([0-9a-f]{64})(?:\.scope)?$/s
const LXC = /^lxc\.payload\.(.+)$/s
const LXC_PARENT = /^lxc(\.payload)?$/
const UNIT = /^.+\.service$/s
const POD =
  /(?:^|-)pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/

/** Endings of the units that have cgroups. */
export const UNIT_TYPES = /\.(service|scope|slice|socket|mount|swap)$/

/** The innermost container of the path, its pod, and the innermost unit. */
export function namesOfPath(path: string): CgroupNames {
  const parts = path.split('/')
  const containers = parts.map((name, index) => containerName(name, parts[index - 1] ?? ''))
  const at = containers.findLastIndex(Boolean)
  const podUid = parts
    .slice(0, Math.max(at, 0))
    .flatMap((name) => POD.exec(name)?.[1] ?? [])
    .at(-1)
  const unit = parts.findLast((name) => UNIT.test(name))
  return {
    ...containers[at],
    ...(podUid !== undefined && { podUid: podUid.replaceAll('_', '-') }),
    ...(unit !== undefined && { unit }),
  }
}

const state = new RuntimeState('/')
/** Runtimes keep them from others, those of rootless podman in its user's home. */
export const stateFiles = ['CAP_DAC_READ_SEARCH'] as const
const known = new Map<string, Container | undefined>()

/** From the path of a cgroup; undefined in neither container nor unit. Names come from the runtimes' own state files. */
export function describePath(path: string): Container | undefined {
  if (!known.has(path)) known.set(path, describe(path, state))
  return known.get(path)
}

/** The same with the state files of a given machine. */
export function describe(path: string, runtimes: RuntimeState): Container | undefined {
  const { id, name, podUid, unit } = namesOfPath(path)
  if (id === undefined) {
    const container = name ?? unit
    return container === undefined ? undefined : { container }
  }
  const found = runtimes.find(id, path)
  const pod = found?.pod ?? podUid
  return {
    container: found?.name ?? id.slice(0, SHORT),
    ...(pod !== undefined && { pod }),
    ...(found?.namespace !== undefined && { namespace: found.namespace }),
  }
}

const NONE: Container = {}

/** The container of a cgroup by its number; the hint is a process that was in it, which is quicker to ask. */
export const containerOfCgroup: Lookup<number, Container> = {
  name: 'container',
  needs: stateFiles,
  // As describePath() and the numbers of cgroups do.
  lasts: true,
  find: (id, pid) => {
    const path = cgroupPaths().find(id, pid)
    return path === undefined ? undefined : (describePath(path) ?? NONE)
  },
}

/**
 * Of a socket, by `CGROUP:PID`: the cgroup (v2) that it was made in, and who holds it. Where containers are not made in v2
 * its holder tells.
 */
export const socketContainer: Lookup<string, Container> = {
  name: 'socketContainer',
  needs: stateFiles,
  find: (key) => {
    const [cgroup = 0, pid = 0] = key.split(':').map(Number)
    const path = cgroupPaths().hierarchy?.number === 0 ? cgroupPaths().find(cgroup, pid) : undefined
    return path === undefined ? containerOf(pid) : describePath(path)
  },
}

/** The innermost container of the process, or else its systemd unit; undefined if it is in neither, or gone. */
export function containerOf(pid: number): Container | undefined {
  return containerOfPaths(readCgroups(pid).map(({ path }) => path))
}

/** Of a process's cgroups in all hierarchies: the first that is a container, or else the first unit. */
export function containerOfPaths(paths: readonly string[]): Container | undefined {
  const names = paths.map((path) => [path, namesOfPath(path)] as const)
  const found =
    names.find(([, { id, name }]) => id !== undefined || name !== undefined) ??
    names.find(([, { unit }]) => unit !== undefined)
  return found === undefined ? undefined : describePath(found[0])
}

/** Whether more than one container runs here. */
export function severalContainers(): boolean {
  const found = new Set<string>()
  for (const path of cgroupPaths().list()) {
    const { id, name } = namesOfPath(path)
    const one = id ?? name
    if (one !== undefined) found.add(one)
    if (found.size > 1) return true
  }
  return false
}

/** Of one directory on the way; undefined for a directory that is no container's. */
function containerName(name: string, parent: string): { id: string } | { name: string } | undefined {
  const id = CONTAINER.exec(name)?.[1]
  if (id !== undefined) return { id }
  const lxc = LXC.exec(name)?.[1] ?? (LXC_PARENT.test(parent) ? name : undefined)
  return lxc === undefined ? undefined : { name: lxc }
}
