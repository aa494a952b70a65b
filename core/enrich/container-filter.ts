// What --container means in cgroups: their names where a runtime gives them one that says the ID, else their numbers.
import { statSync } from 'node:fs'
import { cgroupPaths } from './cgroup-paths.js'
import { namesOfPath } from './containers.js'
import { RuntimeState } from './runtimes.js'

export interface ContainerPlace {
  /** Directories: matched also when the container starts again, or later. */
  names: readonly string[]
  /** Cgroups by number. */
  ids: readonly number[]
}

interface Known {
  id?: string
  names: readonly (string | undefined)[]
  path?: string
}

/** By name, full ID or the beginning of one. Throws a TypeError that says what is accepted. */
export function parseContainer(word: string): ContainerPlace {
  const all = knownContainers(new RuntimeState('/'))
  const named = all.filter(({ names }) => word !== '' && names.includes(word))
  const found = named.length > 0 ? named : byId(word, all)
  if (found.length === 0)
    throw new TypeError(
      'a container that runs or is known to docker here: its name, its ID, or the first 4 or more digits of it',
    )
  return {
    names: [
      ...new Set(
        found.flatMap(({ id, path }) => (id === undefined ? payloadOf(path) : directoriesOf(id, found))),
      ),
    ],
    ids: found.flatMap(({ id, path }) => (id === undefined && path !== undefined ? inodeOf(path) : [])),
  }
}

function byId(word: string, all: readonly Known[]): Known[] {
  if (!/^[0-9a-f]{4,64}$/.test(word)) return []
  const found = all.filter(({ id }) => id?.startsWith(word))
  const ids = [...new Set(found.map(({ id }) => id))]
  if (ids.length > 1)
    throw new TypeError(
      `the ID of one container (${ids.map((id) => id?.slice(0, 16)).join(', ')} all begin so)`,
    )
  return found
}

/** Those that run, by their cgroups, and those that docker has and that may start. */
function knownContainers(runtimes: RuntimeState): Known[] {
  const running = cgroupPaths()
    .list()
    .flatMap((path): Known[] => {
      // Only the container's own directory, not those below it.
      const { id, name } = namesOfPath(path.slice(path.lastIndexOf('/', path.lastIndexOf('/') - 1)))
      if (id !== undefined) return [{ id, names: [runtimes.find(id, path)?.name], path }]
      return name === undefined ? [] : [{ names: [name], path }]
    })
  return [...running, ...runtimes.dockerContainers().map(({ id, name }) => ({ id, names: [name] }))]
}

/** Every directory that a runtime makes of an ID, and those it has made. */
function directoriesOf(id: string, found: readonly Known[]): string[] {
  const made = found.flatMap(({ id: other, path }) =>
    other === id && path ? [path.slice(path.lastIndexOf('/') + 1)] : [],
  )
  const usual = ['docker', 'libpod', 'cri-containerd', 'crio', 'nerdctl'].map(
    (runtime) => `${runtime}-${id}.scope`,
  )
  return [id, ...usual, ...made]
}

/** LXC's directory, where its name says whose it is. */
function payloadOf(path = ''): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.startsWith('lxc.payload.') ? [name] : []
}

function inodeOf(path: string): number[] {
  try {
    return [statSync(`${cgroupPaths().hierarchy?.mount}${path}`).ino]
  } catch {
    return []
  }
}
