// Reports of a table: a row for each key that was active, and at the end the whole span.
import type { OpenedObject } from '../bpf/object.js'
import { type Entry, HistogramReader, TableReader } from '../bpf/table.js'
import type { SharedValues } from '../cli/shared.js'
import { Histogram } from '../histogram.js'
import type { TableView } from '../shape/intervals.js'
import { isText } from '../show/choice.js'
import type { RowContext } from '../show/context.js'
import { GrowingFormat } from '../show/growing.js'
import { arrange, compareBy, type Compare } from '../show/order.js'
import { type Format, formatOf, type Page, valuesOf } from '../show/row.js'
import type { Cell, Columns } from '../tool.js'
import { Gate } from './gate.js'
import type { Reporter } from './intervals.js'

type Row = Record<string, unknown>

/** `table`: where it is; nowhere for a line that says that nothing was counted. */
interface TableEntry {
  table?: TableReader
  entry: Entry<Row>
}

/** Rows of keys that are gone are kept for the table of the whole span up to so many. */
const MOST_ROWS = 16_384

/** What comes first in JSON, before the columns. */
const rowColumns: Columns = {
  time: {
    describe: 'when the interval ended',
    show: () => false,
    value: (_, context) => context.reportTime(),
  },
}

/** The same where each report is a line. */
const lineColumns: Columns = {
  time: {
    describe: 'when the interval ended',
    width: 8,
    show: (options) => (options as SharedValues).timestamp,
    value: (_, context) => context.reportTime(),
    text: (_, context) => context.reportClock(),
  },
}

/** All columns of a row. */
export const columnsOf = ({ single, columns }: TableView): Columns => ({
  ...(single ? lineColumns : rowColumns),
  ...columns,
})

/** What comes last, at the end. */
export const totalColumns: Columns = {
  total: {
    describe: 'true in an object of the whole span; the others do not have it',
    show: () => false,
    value: () => true,
  },
}

export class TableReporter implements Reporter {
  seen = 0
  readonly gate: Gate
  readonly #view: TableView
  readonly #options: SharedValues
  readonly #context: RowContext
  readonly #values: (row: object) => Record<string, Cell>
  readonly #totalValues: (row: object) => Record<string, Cell>
  readonly #format: GrowingFormat
  readonly #totalFormat: Format
  readonly #compare: Compare | undefined
  readonly #totals = new Map<string, Row>()
  #tables: readonly TableReader[] = []
  #histograms: HistogramReader | undefined
  readonly #isLine: boolean
  #started = false

  constructor(view: TableView, options: SharedValues, context: RowContext, page?: Page) {
    const columns = columnsOf(view)
    this.#values = valuesOf(columns, context)
    this.#totalValues = valuesOf({ ...columns, ...totalColumns }, context)
    this.#view = view
    this.#isLine = view.single ?? false
    this.#options = options
    this.#context = context
    this.#format = new GrowingFormat(columns, options, context, page)
    this.#totalFormat = formatOf({ ...columns, ...totalColumns }, options, context)
    this.#compare = compareBy(options.sort, columns, context, view.sort)
    this.gate = new Gate(columns, options, context)
  }

  open(object: OpenedObject): void {
    const { map, more = [], histogram } = this.#view
    this.#tables = [map, ...more].map((name) => new TableReader(object, name))
    this.#histograms = histogram === undefined ? undefined : new HistogramReader(object, histogram, 1)
  }

  refresh(): void {
    this.#view.refresh?.()
  }

  read(): object[] {
    const rows = this.#active().filter((row) => this.gate.admits(row))
    return this.#arranged(rows)
  }

  totals(): object[] {
    const rows = [...this.#totals.values()].filter((row) => this.gate.passes(row))
    return this.#arranged(rows)
  }

  #arranged(rows: readonly object[]): object[] {
    return arrange(rows, this.#compare, { rows: this.#options.rows ?? this.#view.rows?.(this.#options) })
  }

  values(row: object, total: boolean): Record<string, Cell> {
    return total ? this.#totalValues(row) : this.#values(row)
  }

  answer(seconds: number): readonly string[] {
    return this.#view.answer?.([...this.#totals.values()], seconds, this.#options, this.#context) ?? []
  }

  render(rows: readonly object[], total: boolean): string {
    for (const row of rows) this.#format.grows(row)
    const lines = rows.map((total ? this.#totalFormat : this.#format).line).join('')
    if (!isText(this.#options) || this.#isLine) {
      const header = this.#started ? '' : this.#format.header
      this.#started = true
      return header + lines
    }
    const clock = this.#options.timestamp ? `${this.#context.reportClock()}\n` : ''
    return `${clock}${this.#format.header}${lines}\n`
  }

  /** The active rows since the last read; adds them to the totals. */
  #active(): Row[] {
    this.#context.beginReport()
    const { active, keep } = this.#view
    const wanted = keep?.(this.#options) ?? (() => true)
    const counters = this.#counters
    const grew = (row: Row): boolean => counters.some((name) => Number(row[name]) > 0)
    const histograms = new Map(this.#histograms?.read().map(({ id, value }) => [id, value]))
    return this.#entries().flatMap(({ table, entry: { id, key, value } }) => {
      const row: Row = {
        ...key,
        ...value,
        ...(this.#histograms !== undefined && { values: histograms.get(id) ?? new Histogram([], 0) }),
      }
      const shown = wanted(row) && (active?.(row) ?? (this.#isLine || grew(row)))
      if (shown) {
        this.seen += this.#view.events(row)
        this.#add(this.#isLine ? '' : `${table?.map} ${id}`, row, counters)
      }
      if (this.#view.gone?.(row)) {
        table?.forget(id)
        this.#histograms?.forget(id)
      }
      return shown ? [row] : []
    })
  }

  #entries(): TableEntry[] {
    const entries = this.#tables.flatMap((table) => table.read().map((entry) => ({ table, entry })))
    if (!this.#isLine || entries.length > 0) return entries
    const nothing = this.#counters.map((name) => [name, 0])
    return [{ entry: { id: '', key: {}, value: Object.fromEntries(nothing) } }]
  }

  /** The same in all maps. */
  get #counters(): readonly string[] {
    return this.#tables[0]?.counters ?? []
  }

  #add(id: string, row: Row, counters: readonly string[]): void {
    const known = this.#totals.get(id)
    if (known === undefined && this.#totals.size >= MOST_ROWS) return
    this.#totals.set(id, known === undefined ? row : sumOf(known, row, counters))
  }
}

/** Counters and histograms added up, all else as it was last. */
function sumOf(before: Row, now: Row, counters: readonly string[]): Row {
  const sums = counters.map((name) => [name, Number(before[name]) + Number(now[name])])
  const values = now['values'] instanceof Histogram && (before['values'] as Histogram).plus(now['values'])
  return { ...now, ...Object.fromEntries(sums), ...(values instanceof Histogram && { values }) }
}
