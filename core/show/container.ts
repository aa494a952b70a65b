// Where the doings of a row were done: columns that every tool has whose rows have a process, and those for sockets.
import {
  type Container,
  containerOfCgroup,
  socketContainer,
  stateFiles,
  UNIT_TYPES,
} from '../enrich/containers.js'
import { type SocketOwner, socketOwner } from '../enrich/sockets.js'
import type { Cell, Columns, ColumnSpec } from '../tool.js'
import type { RowContext } from './context.js'

/** What the columns add to a row. */
export interface ContainerRow {
  container: string | null
  pod?: string
  namespace?: string
}

interface Event {
  cgroup: number
  pid: number
}

type Show = (options: object) => boolean

/** Before the last column, which may be as long as it likes. */
export function withContainer(columns: Columns): Columns {
  const entries = Object.entries(columns)
  return Object.fromEntries([...entries.slice(0, -1), ...Object.entries(added), ...entries.slice(-1)])
}

const field = (name: 'container' | 'pod' | 'namespace') => (event: object, context: RowContext) => {
  const { cgroup, pid } = event as Event
  return cgroup === 0 ? null : (context.look(containerOfCgroup(pid), cgroup)?.[name] ?? null)
}

const added: Record<keyof ContainerRow, ColumnSpec<object, object>> = {
  container: {
    describe: 'container by name or short ID, or else systemd unit',
    width: 15,
    show: ((options: { containers: boolean }) => options.containers) as Show,
    needs: stateFiles,
    value: field('container'),
  },
  pod: {
    describe: 'Kubernetes pod, by name or UID; only where there is one',
    show: () => false,
    sparse: true,
    needs: stateFiles,
    value: field('pod'),
  },
  namespace: {
    describe: 'Kubernetes namespace; only where it is known',
    show: () => false,
    sparse: true,
    needs: stateFiles,
    value: field('namespace'),
  },
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
  const of =
    <N extends keyof Container>(name: N) =>
    (event: E, context: RowContext): string | null =>
      context.look(socketContainer, `${event.cgroup}:${ownerOf(event, context)?.pid ?? 0}`)?.[name] ?? null
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
    container: {
      describe: 'container that the socket was made in, by name or short ID, or else systemd unit',
      width: 15,
      show: ({ containers }: { containers: boolean }) => containers,
      needs,
      value: of('container'),
    },
    pod: { describe: added.pod.describe, show: () => false, sparse: true, value: of('pod') },
    namespace: {
      describe: added.namespace.describe,
      show: () => false,
      sparse: true,
      needs,
      value: of('namespace'),
    },
  }
}
