// Events in an order of their own, once there are no more: --sort.
import type { RecordBatch } from '../btf/view.js'
import { type SharedValues, SORTED_ROWS } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import type { Sink } from '../output/sink.js'
import type { RowContext } from '../show/context.js'
import { GrowingFormat } from '../show/growing.js'
import { type Order, orderBy } from '../show/order.js'
import { type Format, formatOf, type Page } from '../show/row.js'
import type { Cell, Columns } from '../tool.js'
import { EventLines, type EventOutput } from './output.js'

/** Where events go in lines: as they come, or sorted at the end. Throws a UsageError on unknown fields. */
export function linesOf(
  columns: Columns,
  options: SharedValues,
  context: RowContext,
  sink: Sink,
  page: Page,
): EventOutput {
  const order = orderBy(options.sort, columns, context)
  if (order !== undefined)
    return new SortedLines(
      formatOf(columns, options, context, page),
      order,
      options.rows ?? SORTED_ROWS,
      sink,
    )
  if (options.rows !== undefined)
    throw new UsageError('--rows goes with --sort here; --count N ends after N rows')
  return new EventLines(new GrowingFormat(columns, options, context, page), sink)
}

interface Row {
  cells: readonly Cell[]
  line: string
}

/** Keeps the first rows of an order, and writes them at the end. */
export class SortedLines implements EventOutput {
  readonly isFull = false
  readonly #format: Format
  readonly #order: Order
  readonly #most: number
  readonly #sink: Sink
  #rows: Row[] = []
  #last: readonly Cell[] | undefined
  #added = 0

  constructor(format: Format, order: Order, most: number, sink: Sink) {
    this.#format = format
    this.#order = order
    this.#most = most
    this.#sink = sink
  }

  begin(): void {}

  add(batch: RecordBatch): void {
    batch.each((event) => this.#addOne(event))
  }

  /** The line is made at once: what it is made of, such as a process, may be gone later. */
  #addOne(event: object): void {
    this.#added++
    const cells = this.#order.cells(event)
    if (this.#last !== undefined && this.#order.compare(cells, this.#last) >= 0) return
    this.#rows.push({ cells, line: this.#format.line(event) })
    // Seldom enough that sorting costs little a row.
    if (this.#rows.length >= 2 * this.#most) this.#cut()
  }

  end(): readonly string[] {
    this.#cut()
    this.#sink.write(this.#format.header + this.#rows.map(({ line }) => line).join(''))
    const shown = this.#rows.length
    return shown < this.#added ? [`the first ${shown} of ${this.#added} rows; --rows N shows more`] : []
  }

  drained(): Promise<void> {
    return this.#sink.drained()
  }

  #cut(): void {
    this.#rows.sort((a, b) => this.#order.compare(a.cells, b.cells))
    this.#rows.splice(this.#most)
    if (this.#rows.length === this.#most) this.#last = this.#rows.at(-1)?.cells
  }
}
