// The filters by process on the kernel side (bpf-src/lib/filter.bpf.h): constants, and maps that are made only where asked for.
import { readdirSync, readFileSync } from 'node:fs'
import { encodeText } from '../btf/text.js'
import { type Selection, selects } from '../cli/options.js'
import type { SharedValues } from '../cli/shared.js'
import { cgroupPaths } from '../enrich/cgroup-paths.js'
import { pidNamespaces } from '../enrich/namespaces.js'
import { errnoName } from '../errno.js'
import { UsageError } from '../errors.js'
import type { OpenedObject } from './object.js'

/** enum listed_kind */
const kinds = { tgid: 0, tid: 1, ppid: 2, uid: 3, netns: 4 } as const
/** enum cgroup_filter */
const [BY_CGROUP, BY_CONTAINER] = [0n, 1n]
const NAME_BYTES = 128
const COMM_BYTES = 16
const [UNWANTED, WANTED] = [Uint8Array.of(0), Uint8Array.of(1)]

type Constants = Record<string, number | boolean>

/** `self`: the process that must not report its own doings, as this PID namespace numbers it. Throws a UsageError. */
export function filterConstants(options: SharedValues, self: number): Constants {
  checkTogether(options)
  const { own, seen } = pidNamespaces()
  const constants: Constants = {
    ...numberConstants('tgid', options.pid),
    ...numberConstants('tid', options.tid),
    ...numberConstants('ppid', options.ppid),
    ...listConstants('uid', options.uid),
    ...listConstants('netns', options.netns),
    ...listConstants('comm', options.comm),
    ...listConstants('cgroup', options.cgroup),
    ...listConstants('container', options.container),
    ...listConstants('unit', options.unit),
    // Those followed are in a map of their own.
    ...(options.follow && { filter_tgid: 0, filter_by_tgid: false }),
    cgroup_hierarchy: placesOf(options.cgroup)[0]?.hierarchy ?? 0,
    home_hierarchy: cgroupPaths().hierarchy?.number ?? 0,
    filter_by_cgroupmap: options.cgroupmap !== undefined,
    filter_by_mntnsmap: options.mntnsmap !== undefined,
    filter_followed: options.exec.length > 0 || options.follow,
    unfollow: options.follow && options.pid.not.length > 0,
    self_tgid: self,
    own_pidns: own,
    seen_pidns: seen,
  }
  const filters = Object.entries(constants).filter(([name]) => name.startsWith('filter_'))
  return { ...constants, filter_any: filters.some(([, value]) => Boolean(value)) }
}

/** Makes the maps that these options need and no others, and puts the user's own in place of two. Before load. */
export function prepareFilters(
  { native }: OpenedObject,
  options: SharedValues,
  values: Record<string, unknown>,
): void {
  const needed: Record<string, unknown> = {
    listed: Object.keys(kinds).some((kind) => values[`filter_by_${kind}`]),
    listed_comms: values['filter_by_comm'],
    cgroup_verdicts: values['filter_by_cgroup'] || values['filter_by_container'] || values['filter_by_unit'],
    container_names: values['filter_by_container'],
    unit_names: values['filter_by_unit'],
    followed: values['filter_followed'],
    followed_roots: values['filter_followed'] && (values['own_pidns'] || values['seen_pidns']),
    cgroupmap: values['filter_by_cgroupmap'],
    mntnsmap: values['filter_by_mntnsmap'],
  }
  for (const [map, need] of Object.entries(needed)) native.setAutocreate(map, Boolean(need))
  for (const map of ['cgroupmap', 'mntnsmap'] as const) {
    const path = options[map]
    const error = path === undefined ? 0 : native.reuseMap(map, path)
    if (error < 0)
      throw new UsageError(
        `--${map} takes a pinned BPF hash map with keys of 8 bytes, not ${JSON.stringify(path)} (${errnoName(-error)})`,
      )
  }
}

/** Fills them. After load, before anything is attached. */
export function fillFilters(
  { native }: OpenedObject,
  options: SharedValues,
  values: Record<string, unknown>,
): void {
  const put = (map: string, key: Uint8Array, value: Uint8Array): void => {
    const error = native.update(map, key, value)
    if (error < 0) throw new UsageError(`too many are named at once for the filters (${errnoName(-error)})`)
  }
  const putNames = (map: string, names: readonly string[], value: Uint8Array): void => {
    for (const name of names) put(map, padded(name, NAME_BYTES), value)
  }
  const { pid, tid, ppid, uid, netns, comm, cgroup, container, unit } = options
  for (const [kind, selection] of Object.entries({ tgid: pid, tid, ppid, uid, netns }))
    if (values[`filter_by_${kind}`] === true)
      for (const id of all(selection)) put('listed', words(kinds[kind as keyof typeof kinds], id), WANTED)
  for (const name of all(comm)) put('listed_comms', padded(name, COMM_BYTES), WANTED)
  for (const [selected, verdict] of [
    ['only', WANTED],
    ['not', UNWANTED],
  ] as const) {
    for (const { id } of cgroup[selected]) put('cgroup_verdicts', cgroupKey(id, BY_CGROUP), verdict)
    for (const { ids, names } of container[selected]) {
      for (const id of ids) put('cgroup_verdicts', cgroupKey(id, BY_CONTAINER), verdict)
      putNames('container_names', names, verdict)
    }
    putNames('unit_names', unit[selected], verdict)
  }
}

/** Follows a process that the tool has started itself, and all that it starts. */
export function followOwn({ native }: OpenedObject, pid: number): void {
  followIn(native, pid, pidNamespaces().own)
}

/** --follow: those named and their descendants so far. What is born meanwhile is seen on the next look. */
export function followNamed({ native }: OpenedObject, options: SharedValues): void {
  if (!options.follow) return
  const { seen } = pidNamespaces()
  const found = new Set(all(options.pid))
  for (const pid of found) followIn(native, pid, seen)
  for (let size = 0; size < found.size;) {
    size = found.size
    for (const [pid, parent] of parentsOfAll()) {
      if (found.has(pid) || !found.has(parent)) continue
      found.add(pid)
      followIn(native, pid, seen)
    }
  }
}

/** What the person should know about the numbers on the rows. */
export function filterNotes(): string[] {
  return pidNamespaces().own === 0
    ? []
    : [
        'this is a PID namespace of its own: rows have the numbers of the initial one, filters take those of this one',
      ]
}

function followIn(native: OpenedObject['native'], pid: number, pidns: number): void {
  if (pidns === 0) native.update('followed', words(pid), WANTED)
  else native.update('followed_roots', words(pid, pidns), WANTED)
}

function checkTogether(options: SharedValues): void {
  if (options.follow && !selects(options.pid))
    throw new UsageError('--follow goes with --pid, whose descendants it means')
  if (options.follow && options.exec.length > 0)
    throw new UsageError('--follow and --exec exclude each other: a command is followed anyway')
  if (new Set(placesOf(options.cgroup).map(({ hierarchy }) => hierarchy)).size > 1)
    throw new UsageError('--cgroup takes cgroups of one hierarchy at a time')
}

/** One number that is wanted is a constant, which costs a comparison; more are in a map. */
function numberConstants(name: string, selection: Selection<number>): Constants {
  const [one, more] = selection.only
  if (one === undefined || more !== undefined) return listConstants(name, selection)
  return { [`filter_${name}`]: one }
}

function listConstants(name: string, selection: Selection<unknown>): Constants {
  return { [`filter_by_${name}`]: selects(selection), [`${name}_others`]: selection.only.length === 0 }
}

function placesOf(selection: SharedValues['cgroup']): SharedValues['cgroup']['only'] {
  return all(selection)
}

function all<T>({ only, not }: Selection<T>): T[] {
  return [...only, ...not]
}

/** Process and parent, of every process in /proc. */
function parentsOfAll(): [pid: number, parent: number][] {
  return readdirSync('/proc').flatMap((name): [number, number][] => {
    if (!/^[0-9]+$/.test(name)) return []
    try {
      const parent = /^PPid:\s*([0-9]+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]
      return parent === undefined ? [] : [[Number(name), Number(parent)]]
    } catch {
      return []
    }
  })
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer)
}

function cgroupKey(id: number, filter: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(id), filter).buffer)
}

function padded(name: string, bytes: number): Uint8Array {
  const key = new Uint8Array(bytes)
  key.set(encodeText(name).subarray(0, bytes - 1))
  return key
}
