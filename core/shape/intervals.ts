// The shape "intervals": the kernel side counts in maps, and a report comes after each interval: histograms, or a table.
import type { Capability } from '../bpf/capabilities.js'
import type { SkeletonTypes } from '../bpf/skeleton.js'
import type { OptionRecord } from '../cli/options.js'
import type { Histogram } from '../histogram.js'
import type { RowContext } from '../show/context.js'
import type { Columns, ColumnsOf, FiltersOf, OptionValues, RowOf, ToolBase, ToolSpec } from '../tool.js'

/** What a histogram's values are shown in. */
export interface Unit {
  /** As bcc heads the column: `usecs`. */
  name: string
  /** From what the kernel side sums up, such as nanoseconds, to this unit; the slots are in it already. */
  divisor: number
}

type TableName<T extends SkeletonTypes> = keyof T['tables'] & string
type KeyOf<T extends SkeletonTypes, M extends TableName<T>> = T['tables'][M] extends { key: infer K }
  ? K
  : never
type ValueOf<T extends SkeletonTypes, M extends TableName<T>> = T['tables'][M] extends { value: infer V }
  ? V
  : never

/** Histograms by key: a map made with HISTOGRAMS() of bpf-src/lib/hist.bpf.h. */
export interface HistogramSpec<T extends SkeletonTypes, M extends TableName<T>, O, V> {
  map: M
  unit: (options: O) => Unit
  /** What tells the histograms apart: as columns, of the key's struct; `header` is the label in text. */
  keys: ColumnsOf<KeyOf<T, M>, O, V>
}

/** What a table's columns see: the fields of key and value, counters by how much they grew, and the histogram if there is one. */
export type TableRow<T extends SkeletonTypes, M extends TableName<T>, H> = KeyOf<T, M> &
  ValueOf<T, M> &
  (H extends string ? { values: Histogram } : unknown)

/** Rows of a hash map, one for each key that was active. */
export interface TableSpec<
  T extends SkeletonTypes,
  M extends TableName<T>,
  H extends TableName<T> | undefined,
  O,
  V,
> {
  /** Whether these options ask for it in place of the histogram. Default: yes. */
  when?: (options: O) => boolean
  map: M
  /** Maps of the same values whose rows stand beside those of `map`, such as an array, which is soonest looked up. */
  more?: readonly M[]
  /** A map of histograms with the same keys: each row has its own as `values`. */
  histogram?: H
  columns: ColumnsOf<TableRow<T, M, H>, O, V>
  /** Called before each reading of the map, while everything is still attached, such as to make the kernel side look again. */
  refresh?: () => void
  /** What `refresh` and `answer` take, as a column's `needs`. */
  needs?: readonly Capability[]
  /** Which rows are shown, by the options. Called once a run. */
  keep?: (options: O) => (row: TableRow<T, M, H>) => boolean
  /** On a terminal a report takes the place of the one before. */
  redraw?: boolean
  /**
   * The map has one key, and each report is one line below names that are shown once: also where nothing was counted, and
   * with the time in a column.
   */
  single?: boolean
  /** How many rows of a report are shown at most, where --rows does not say it. Default: all. */
  rows?: (options: O) => number | undefined
  /** Default: as the map has them. */
  sort?: (a: TableRow<T, M, H>, b: TableRow<T, M, H>) => number
  /** Whether a row belongs into an interval's report. Default: one of its counters grew. */
  active?: (row: TableRow<T, M, H>) => boolean
  /** Whether the key will not come again: it is then forgotten once it was reported. */
  gone?: (row: TableRow<T, M, H>) => boolean
  /** How many events a row stands for, for the closing line. */
  events: (row: TableRow<T, M, H>) => number
  /** What the table of the whole span means, in sentences, said on stderr. */
  answer?: (
    rows: readonly TableRow<T, M, H>[],
    seconds: number,
    options: O,
    context: RowContext,
  ) => readonly string[]
}

interface IntervalsBase<
  T extends SkeletonTypes,
  O extends OptionRecord,
  HM extends TableName<T>,
  HV,
  TM extends TableName<T>,
  TH extends TableName<T> | undefined,
  TV,
> extends ToolSpec<T, O> {
  histogram?: HistogramSpec<T, HM, OptionValues<O>, HV>
  table?: TableSpec<T, TM, TH, OptionValues<O>, TV>
}

/** What every histogram has in JSON, besides the keys that the options show. */
export interface HistogramFigures {
  time: string
  unit: string
  count: number
  sum: number
  min: number | null
  max: number | null
  p50: number | null
  p90: number | null
  p99: number | null
  p999: number | null
  buckets: readonly (readonly [low: number, high: number, count: number])[]
}

/** A row of a report: a histogram, or a row of the table. */
type ReportRow<T extends SkeletonTypes, HM extends TableName<T>, HV, TM extends TableName<T>, TH, TV> =
  | (unknown extends HV ? never : HistogramFigures & Partial<RowOf<KeyOf<T, HM>, HV>>)
  | (unknown extends TV ? never : RowOf<TableRow<T, TM, TH>, TV> & { time: string; total?: true })

export interface HistogramView {
  map: string
  unit: (options: object) => Unit
  keys: Columns
}

export interface TableView {
  when?: (options: object) => boolean
  map: string
  more?: readonly string[]
  histogram?: string
  columns: Columns
  refresh?: () => void
  needs?: readonly Capability[]
  keep?: (options: object) => (row: object) => boolean
  redraw?: boolean
  single?: boolean
  rows?: (options: object) => number | undefined
  sort?: (a: object, b: object) => number
  active?: (row: object) => boolean
  gone?: (row: object) => boolean
  events: (row: object) => number
  answer?: (
    rows: readonly object[],
    seconds: number,
    options: object,
    context: RowContext,
  ) => readonly string[]
}

/** A tool as core runs it. `Report` is what the library yields, `Options` what it takes, `Row` a row of its table. */
export interface IntervalsTool<Report = object, Options = object, Row = object> extends ToolBase {
  shape: 'intervals'
  histogram?: HistogramView
  table?: TableView
  /** For the compiler only, as are the next two. */
  report?: Report
  given?: Options
  row?: Row
}

/** A report an interval, of histograms or of a table; with both, `table.when` chooses. */
export function defineIntervals<
  const T extends SkeletonTypes,
  const O extends OptionRecord,
  const HM extends TableName<T>,
  HV,
  const TM extends TableName<T>,
  const TH extends TableName<T> | undefined = undefined,
  TV = unknown,
>(
  spec: IntervalsBase<T, O, HM, HV, TM, TH, TV> & FiltersOf<T['rodata']>,
): IntervalsTool<ReportRow<T, HM, HV, TM, TH, TV>, OptionValues<O>, RowOf<TableRow<T, TM, TH>, TV>> {
  const { skeleton, ...rest } = spec
  return { ...rest, shape: 'intervals', object: skeleton.object } as unknown as IntervalsTool<
    ReportRow<T, HM, HV, TM, TH, TV>,
    OptionValues<O>,
    RowOf<TableRow<T, TM, TH>, TV>
  >
}

/** The view that these options ask for. */
export function viewOf(
  tool: IntervalsTool,
  options: object,
): { table: TableView; histogram?: undefined } | { histogram: HistogramView; table?: undefined } {
  const { table, histogram } = tool
  if (table !== undefined && (histogram === undefined || (table.when?.(options) ?? true))) return { table }
  if (histogram === undefined) throw new Error(`${tool.name} declares nothing to report`)
  return { histogram }
}
