// Text on a terminal gets the column of containers once it tells rows apart; in a pipe columns do not move.
import type { Layout } from '../btf/layout.js'
import type { SharedValues } from '../cli/shared.js'
import type { Columns } from '../tool.js'
import { isText } from './choice.js'
import { containersIn } from './container.js'
import type { RowContext } from './context.js'
import { type Format, formatOf, type Page } from './row.js'
import type { RowWriter } from './writer.js'

/** A form that may get more columns as rows come. */
export class GrowingFormat implements Format {
  #format: Format
  readonly #isSecond: ((row: object) => boolean) | undefined
  readonly #grown: () => Format

  /** Throws a UsageError on fields that do not exist. */
  constructor(columns: Columns, options: SharedValues, context: RowContext, page?: Page) {
    this.#format = formatOf(columns, options, context, page)
    this.#grown = () => formatOf(columns, { ...options, containers: true }, context, page)
    const mayGrow = page?.isTerminal === true && isText(options) && this.#grown().header !== this.header
    if (mayGrow) this.#isSecond = containersIn(columns, context)
  }

  get header(): string {
    return this.#format.header
  }

  get line(): Format['line'] {
    return this.#format.line
  }

  /** Whose columns may change writes line by line. */
  writer(layout: Layout): RowWriter | undefined {
    return this.#isSecond === undefined ? this.#format.writer(layout) : undefined
  }

  /** To be told of each row before its line: whether there is one more column from this row on, and so a new header. */
  grows(row: object): boolean {
    if (this.#isSecond?.(row) !== true) return false
    this.#format = this.#grown()
    return true
  }
}
