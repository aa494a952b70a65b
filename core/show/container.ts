// Where the doings of a row were done: columns that every tool has whose rows have a process, and those for sockets.
import type { Capability } from '../bpf/capabilities.js'
import {
  type Container,
  containerOfCgroup,
  socketContainer,
  stateFiles,
  UNIT_TYPES,
} from '../enrich/containers.js'
import { type SocketOwner, socketOwner } from '../enrich/sockets.js'
import type { Cell, Columns } from '../tool.js'
import type { RowContext } from './context.js'

/** What the columns add to a row. */
export interface ContainerRow {
  container: string | null
  pod?: string
  namespace?: string
}

/** What containers are found by: the number of a cgroup, and a process in it. */
interface Place {
  cgroup: number
  pid: number
}

/** Before the last column, which may be as long as it likes. */
export function withContainer(columns: Columns): Columns {
  const entries = Object.entries(columns)
  const added = Object.entries(containerColumns((event) => event as Place))
  return Object.fromEntries([...entries.slice(0, -1), ...added, ...entries.slice(-1)])
}

/** Of the process that is at such a place; tools without filters by process take `preset.containers` with it. */
export const containerColumns = <E extends object>(placeOf: (event: E) => Place) =>
  columnsOf('container by name or short ID, or else systemd unit', stateFiles, (event: E, context) => {
    const place = placeOf(event)
    const { cgroup } = place
    return cgroup === 0 ? undefined : context.look(containerOfCgroup, cgroup, () => place.pid)
  })

function columnsOf<E extends object>(
  describe: string,
  needs: readonly Capability[],
  containerOf: (event: E, context: RowContext) => Container | undefined,
) {
  return {
    container: {
      describe,
      width: 15,
      show: ({ containers }: { containers: boolean }) => containers,
      needs,
      // Each by its own name: asked for by a variable one, V8 would look it up anew in every row.
      value: (event: E, context: RowContext) => containerOf(event, context)?.container ?? null,
    },
    pod: {
      describe: 'Kubernetes pod, by name or UID; only where there is one',
      show: () => false,
      sparse: true,
      needs,
      value: (event: E, context: RowContext) => containerOf(event, context)?.pod ?? null,
    },
    namespace: {
      describe: 'Kubernetes namespace; only where it is known',
      show: () => false,
      sparse: true,
      needs,
      value: (event: E, context: RowContext) => containerOf(event, context)?.namespace ?? null,
    },
  }
}

/** Tells of each row whether it is the first of a second container; undefined where rows have no container. */
export function containersIn(columns: Columns, context: RowContext): ((row: object) => boolean) | undefined {
  const value = columns['container']?.value
  if (value === undefined) return undefined
  let first: Cell | undefined
  let several = false
  return (row) => {
    if (several) return false
    const name = value(row, context)
    if (name === null || UNIT_TYPES.test(String(name))) return false
    first ??= name
    several = name !== first
    return several
  }
}

/**
 * Whose a socket is, for tools that run in softirqs and take `preset.containers`: the process that `ownerOf` finds (by default
 * whoever has it open), described in such words, and the container that the socket's cgroup is. The process is asked where
 * containers are not made in v2.
 */
export const socketOwnerColumns = <E extends { cgroup: number; inode: number }>(
  describe: string,
  ownerOf: (event: E, context: RowContext) => SocketOwner | undefined = ({ inode }, context) =>
    context.look(socketOwner, inode),
) => {
  const needs = [...socketContainer.needs, ...socketOwner.needs]
  return {
    pid: {
      describe: `${describe}; -: none found`,
      needs: socketOwner.needs,
      value: (event: E, context: RowContext) => ownerOf(event, context)?.pid ?? null,
    },
    comm: {
      describe: 'its name',
      needs: socketOwner.needs,
      value: (event: E, context: RowContext) => ownerOf(event, context)?.comm ?? null,
    },
    ...columnsOf(
      'container that the socket was made in, by name or short ID, or else systemd unit',
      needs,
      (event: E, context) =>
        context.look(socketContainer, `${event.cgroup}:${ownerOf(event, context)?.pid ?? 0}`),
    ),
  }
}
