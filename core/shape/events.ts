// The shape "events": a row an event, as it happens.
import type { SkeletonTypes } from '../bpf/skeleton.js'
import type { OptionRecord } from '../cli/options.js'
import { type ContainerRow, withContainer } from '../show/container.js'
import type { Columns, ColumnsOf, FiltersOf, OptionValues, RowOf, ToolBase, ToolSpec } from '../tool.js'

interface EventsBase<
  T extends SkeletonTypes,
  S extends keyof T['streams'] & T['maps'] & string,
  O extends OptionRecord,
  V,
> extends ToolSpec<T, O> {
  stream: S
  /** Which events are shown, of those the kernel side sends (undefined: all); in place of the shared `--name`. Called once a run. */
  keep?: (options: OptionValues<O>) => ((event: T['streams'][S]) => boolean) | undefined
  /**
   * A per-CPU hash map of the stream's events that the kernel side holds back; those whose `times` is not 0 when tracing
   * ends are shown then.
   */
  held?: T['maps']
  columns: ColumnsOf<T['streams'][S], OptionValues<O>, V>
}

export type EventsSpec<
  T extends SkeletonTypes,
  S extends keyof T['streams'] & T['maps'] & string,
  O extends OptionRecord,
  V,
> = EventsBase<T, S, O, V> & FiltersOf<T['rodata']>

/** A tool as core runs it. `Row` is what the library yields, `Options` what it takes. */
export interface EventsTool<Row = object, Options = object> extends ToolBase {
  shape: 'events'
  stream: string
  held?: string
  columns: Columns
  keep?: (options: object) => ((event: object) => boolean) | undefined
  /** For the compiler only. */
  row?: Row
  /** For the compiler only. */
  given?: Options
}

/**
 * A row an event. `stream` names the ring buffer; the type of its records comes from the skeleton. Unknown
 * fields, constants, programs, maps and options do not compile.
 */
export function defineEvents<
  const T extends SkeletonTypes,
  const S extends keyof T['streams'] & T['maps'] & string,
  const O extends OptionRecord,
  V,
>(
  spec: EventsSpec<T, S, O, V>,
): EventsTool<RowOf<T['streams'][S], V> & Partial<ContainerRow>, OptionValues<O>> {
  const { skeleton, ...rest } = spec
  const columns = rest.filters === 'none' ? rest.columns : withContainer(rest.columns as unknown as Columns)
  return { ...rest, columns, shape: 'events', object: skeleton.object } as unknown as EventsTool<
    RowOf<T['streams'][S], V> & Partial<ContainerRow>,
    OptionValues<O>
  >
}
