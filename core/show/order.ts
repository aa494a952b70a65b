// The order of a report's rows, and how many: --sort and --rows.
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import type { Cell, Columns } from '../tool.js'
import type { RowContext } from './context.js'
import { valueOf } from './row.js'
import { describeUnknownField } from './unknown-field.js'

export type Compare = (a: object, b: object) => number

/** What rows are ordered by. */
export interface Order {
  /** What of a row decides. */
  cells(row: object): readonly Cell[]
  compare(a: readonly Cell[], b: readonly Cell[]): number
}

/** The order that --sort asks for; undefined: none. Throws a UsageError on unknown fields. */
export function orderBy(words: readonly string[], columns: Columns, context: RowContext): Order | undefined {
  if (words.length === 0) return undefined
  const values = words.map((word) => {
    const name = word.replace(/^[+-]/, '')
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined
    if (column === undefined) throw new UsageError(`--sort: ${describeUnknownField(name, columns)}`)
    return valueOf(name, column, context)
  })
  const signs = words.map((word) => (word.startsWith('-') ? -1 : 1))
  return {
    cells: (row) => values.map((value) => value(row)),
    compare: (a, b) =>
      signs.reduce((found, sign, at) => found || sign * compareCells(a[at] ?? null, b[at] ?? null), 0),
  }
}

/** By the fields of --sort, or else as the tool does; undefined: as they come. Throws a UsageError on unknown fields. */
export function compareBy(
  words: readonly string[],
  columns: Columns,
  context: RowContext,
  own: Compare | undefined,
): Compare | undefined {
  const order = orderBy(words, columns, context)
  return order === undefined ? own : (a, b) => order.compare(order.cells(a), order.cells(b))
}

/** Sorted, and no more than asked for. */
export function arrange<R extends object>(
  rows: readonly R[],
  compare: Compare | undefined,
  { rows: most }: Pick<SharedValues, 'rows'>,
): R[] {
  const sorted = compare === undefined ? [...rows] : rows.toSorted(compare)
  return most === undefined ? sorted : sorted.slice(0, most)
}

/** Numbers as numbers, all else as text; null comes before anything. */
function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null) || 0
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b)
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}

function isNumber(cell: Cell): cell is number | bigint {
  return typeof cell === 'number' || typeof cell === 'bigint'
}
