// Where the doings of a row were done: columns that every tool has whose rows have a process, and those for sockets.
import {
  type Container,
  containerOfCgroup,
  socketContainer,
  stateFiles,
  UNIT_TYPES,
} from '../enrich/containers.js'
import { socketOwner } from '../enrich/sockets.js'
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
 * The same for tools that run in softirqs, whose records have the socket's cgroup: where it was made. `holder`: the process
 * that holds it, which is asked where containers are not made in v2. Such a tool takes `preset.containers`.
 */
export const socketContainerColumns = <E extends { cgroup: number }>(
  holder: (event: E, context: RowContext) => number | undefined,
) => {
  const of =
    <N extends keyof Container>(name: N) =>
    (event: E, context: RowContext): string | null =>
      context.look(socketContainer, `${event.cgroup}:${holder(event, context) ?? 0}`)?.[name] ?? null
  const needs = [...socketContainer.needs, ...socketOwner.needs]
  return {
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
