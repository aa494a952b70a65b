// Reports of histograms: each key's own, as bcc prints it or as JSON.
import type { OpenedObject } from '../bpf/object.js'
import { type Entry, HistogramReader } from '../bpf/table.js'
import type { SharedValues } from '../cli/shared.js'
import { Histogram } from '../histogram.js'
import type { HistogramView, Unit } from '../shape/intervals.js'
import { isText, type NamedColumn } from '../show/choice.js'
import type { RowContext } from '../show/context.js'
import { percentiles, renderExtension, renderFigures, renderHistogram } from '../show/histogram.js'
import { arrange, compareBy, type Compare } from '../show/order.js'
import { cellTexts, type Format, formatOf, valuesOf } from '../show/row.js'
import type { Cell, Columns, ColumnSpec } from '../tool.js'
import { Gate } from './gate.js'
import type { Reporter } from './intervals.js'

interface Row {
  unit: string
  histogram: Histogram
}

const figure = (describe: string, value: (histogram: Histogram) => Cell): ColumnSpec<Row, object> => ({
  describe,
  value: ({ histogram }) => value(histogram),
})

/** The columns that every tool's histograms have, besides its keys. */
export const reportColumns = {
  time: { describe: 'when the interval ended', value: (_, context) => context.reportTime() },
  unit: { describe: 'of all values', value: ({ unit }) => unit },
} satisfies Record<string, ColumnSpec<Row, object>> as Columns

/** What follows the keys. */
export const figureColumns = {
  count: figure('how many values', ({ count }) => count),
  sum: figure('all together', ({ sum }) => sum),
  min: figure('the least; null without a value, as are those that follow', ({ min }) => min),
  max: figure('the greatest', ({ max }) => max),
  ...Object.fromEntries(
    Object.entries(percentiles).map(([name, percent]) => [
      name,
      figure(`${percent} % are no more than this, in whole units, and at most an eighth less`, (histogram) =>
        histogram.percentile(percent),
      ),
    ]),
  ),
  buckets: figure('[low, high, count] of each power of two that has values', (histogram) =>
    histogram.buckets(),
  ),
} as Columns

export class HistogramReporter implements Reporter {
  seen = 0
  readonly gate: Gate
  readonly #view: HistogramView
  readonly #options: SharedValues
  readonly #context: RowContext
  readonly #unit: Unit
  readonly #keys: readonly NamedColumn[]
  readonly #labels: (row: object) => string[]
  readonly #format: Format
  readonly #values: (row: object) => Record<string, Cell>
  readonly #compare: Compare | undefined
  #reader: HistogramReader | undefined
  #started = false

  constructor(view: HistogramView, options: SharedValues, context: RowContext) {
    this.#view = view
    this.#options = options
    this.#context = context
    this.#unit = view.unit(options)
    this.#keys = Object.entries(view.keys).filter(([, { show }]) => show?.(options) ?? true)
    this.#labels = cellTexts(this.#keys, options, context)
    const columns = { ...reportColumns, ...Object.fromEntries(this.#keys), ...figureColumns }
    this.#values = valuesOf(columns, context)
    this.#format = formatOf(columns, options, context)
    this.#compare = compareBy(options.sort, columns, context, (a, b) =>
      this.#labels(a).join('\0').localeCompare(this.#labels(b).join('\0'), 'en', { numeric: true }),
    )
    this.gate = new Gate(columns, options, context)
  }

  open(object: OpenedObject): void {
    this.#reader = new HistogramReader(object, this.#view.map, this.#unit.divisor)
  }

  // Nothing in its maps goes stale.
  refresh(): void {}

  read(): object[] {
    this.#context.beginReport()
    const entries = this.#reader?.read() ?? []
    for (const { value } of entries) this.seen += value.count
    const rows = this.#join(entries).filter((row) => this.gate.admits(row))
    return arrange(rows, this.#compare, this.#options)
  }

  totals(): undefined {}

  render(rows: readonly object[]): string {
    return this.#head() + rows.map((row) => this.#line(row as Row)).join('')
  }

  values(row: object): Record<string, Cell> {
    return this.#values(row)
  }

  answer(): readonly string[] {
    return []
  }

  /** Those whose shown keys read the same are one; without keys there is always one. */
  #join(entries: readonly Entry<Histogram>[]): Row[] {
    const unit = this.#unit.name
    const joined = new Map<string, Row>()
    for (const { key, value } of entries) {
      if (value.count === 0) continue
      const id = this.#labels(key).join('\0')
      const known = joined.get(id)
      const histogram = known === undefined ? value : known.histogram.plus(value)
      joined.set(id, { ...key, unit, histogram })
    }
    if (joined.size === 0 && this.#keys.length === 0) return [{ unit, histogram: new Histogram([], 0) }]
    return [...joined.values()]
  }

  #head(): string {
    if (isText(this.#options)) return this.#options.timestamp ? `\n${this.#context.reportClock()}\n` : ''
    const header = this.#started ? '' : this.#format.header
    this.#started = true
    return header
  }

  #line(row: Row): string {
    if (!isText(this.#options)) return this.#format.line(row)
    const texts = this.#labels(row)
    const labels = this.#keys.map(([name, { header }], index) => `${header ?? name} = ${texts[index]}\n`)
    const { unit, histogram } = row
    const { extension } = this.#options as { extension?: boolean }
    return [
      '\n',
      ...labels,
      renderHistogram(histogram, unit),
      ...(extension ? [renderExtension(histogram, unit)] : []),
      renderFigures(histogram, unit),
    ].join('')
  }
}
