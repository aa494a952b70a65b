// From an event to a line: text columns as bcc prints them, CSV, or one JSON object.
import { styleText } from 'node:util'
import type { Layout } from '../btf/layout.js'
import type { SharedValues } from '../cli/shared.js'
import type { Cell, Columns, ColumnSpec, Timed } from '../tool.js'
import { chooseColumns, type NamedColumn } from './choice.js'
import type { RowContext } from './context.js'
import { Escaped, escapeText, toJsonText } from './escape.js'
import { type CellForm, RowWriter } from './writer.js'

/** Whether there is colour was decided before. */
const always = { validateStream: false }

/** Writes one event as one line, newline included. */
export type LineWriter = (event: object) => string

export interface Format {
  /** The line of names above the rows; JSON has none. */
  readonly header: string
  readonly line: LineWriter
  /** The same lines, straight from records of this layout; undefined where they are made one by one. */
  readonly writer: (layout: Layout) => RowWriter | undefined
}

/** Where text is shown. */
export interface Page {
  /** Rows may be coloured. */
  colour: boolean
  /** A person watches it, and no script cuts columns out of it. */
  isTerminal: boolean
}

const plainPage: Page = { colour: false, isTerminal: false }

/** The form that these options ask for. Throws a UsageError on fields that do not exist. */
export function formatOf(
  columns: Columns,
  options: SharedValues,
  context: RowContext,
  { colour } = plainPage,
): Format {
  const chosen = chooseColumns(columns, options)
  if (options.json)
    return {
      header: '',
      line: jsonRows(chosen, context),
      writer: (layout) => jsonWriter(chosen, context, layout),
    }
  return options.csv ? csvRows(chosen, context) : textRows(chosen, options, context, colour)
}

/** What text output prints for each of these columns. */
export function cellTexts(
  columns: readonly NamedColumn[],
  options: object,
  context: RowContext,
): (event: object) => string[] {
  const cells = columns.map(([key, column]) => cellText(key, column, options, context))
  return (event) => cells.map((cell) => cell(event))
}

/** Reads the value of a column. */
export function valueOf(
  key: string,
  column: ColumnSpec<object, object>,
  context: RowContext,
): (event: object) => Cell {
  const { value } = column
  if (value !== undefined) return (event) => value(event, context)
  return (event) => (event as Record<string, Cell>)[key] as Cell
}

/** Makes a row as JSON has it: each column's value by name. */
export function valuesOf(columns: Columns, context: RowContext): (event: object) => Record<string, Cell> {
  const values = Object.entries(columns).map(([key, column]) => [key, valueOf(key, column, context)] as const)
  return (event) => {
    const row: Record<string, Cell> = {}
    for (const [key, value] of values) row[key] = value(event)
    return row
  }
}

/** Header line and line writer in text; with colour the header and what a column alarms of stand out. */
export function textRows(
  columns: readonly NamedColumn[],
  options: object,
  context: RowContext,
  colour = false,
): Format {
  const pads = columns.map(([, column], index) => padding(column, options, index === columns.length - 1))
  const cells = columns.map(([key, column], index): CellText => {
    const text = cellText(key, column, options, context)
    const [pad, { alarm }] = [pads[index] as Pad, column]
    if (!colour || alarm === undefined) return (event) => pad(text(event))
    return (event) => (alarm(event) ? styleText('red', pad(text(event)), always) : pad(text(event)))
  })
  const heads = columns.map(([key, column], index) => (pads[index] as Pad)(headerOf(key, column)))
  const header = heads.join(' ')
  const line: LineWriter = (event) => {
    let text = ''
    for (let index = 0; index < cells.length; index++)
      text += `${index === 0 ? '' : ' '}${(cells[index] as CellText)(event)}`
    return `${text}\n`
  }
  return {
    header: `${colour ? styleText('bold', header, always) : header}\n`,
    line,
    writer: (layout) => (colour ? undefined : textWriter(columns, options, context, layout)),
  }
}

function textWriter(
  columns: readonly NamedColumn[],
  options: object,
  context: RowContext,
  layout: Layout,
): RowWriter {
  const cells = columns.map(([key, column], index): CellForm => {
    const last = index === columns.length - 1
    const pad = padding(column, options, last)
    const { text, align, timed } = column
    const right = align === 'right'
    const words = column.words?.(options)
    return {
      key,
      before: index === 0 ? '' : ' ',
      value: text === undefined ? column.value : (event, looked) => text(event, looked, options) as Cell,
      bare: text === undefined ? column.bare : words?.bare,
      first: words?.first,
      time: textTime(timed),
      text:
        text === undefined
          ? (cell) => pad(cell === null ? '-' : plainText(cell))
          : (shown) => pad(shownText(shown as string)),
      width: right || !last ? widthOf(column, options) : 0,
      right,
      sparse: false,
    }
  })
  return new RowWriter({ cells, after: '\n', quotes: false, escaped: '\\' }, layout, context)
}

function textTime(timed: Timed | undefined): CellForm['time'] {
  const { of, decimals } = timed ?? {}
  return of === undefined || decimals === undefined ? undefined : { of, as: 'seconds', decimals }
}

function jsonWriter(
  columns: readonly NamedColumn[],
  context: RowContext,
  layout: Layout,
): RowWriter | undefined {
  // What follows the first needs a comma.
  if (columns[0]?.[1].sparse) return undefined
  const cells = columns.map(([key, column], index): CellForm => {
    const { value, bare, timed } = column
    return {
      ...{ key, value, bare },
      first: undefined,
      time: timed === undefined ? undefined : { of: timed.of, as: timed.value },
      before: `${index === 0 ? '{' : ','}"${key}":`,
      text: (cell) => jsonText(key, cell),
      width: 0,
      right: false,
      sparse: column.sparse ?? false,
    }
  })
  return new RowWriter({ cells, after: '}\n', quotes: true, escaped: '"\\' }, layout, context)
}

/** One JSON object a line; a string or list whose bytes are not UTF-8 has them beside it as KEYBytes. */
export function jsonRows(columns: readonly NamedColumn[], context: RowContext): LineWriter {
  const members = columns.map(([key, column]) => ({
    name: `"${key}":`,
    next: `,"${key}":`,
    value: valueOf(key, column, context),
    text: column.timed?.value !== 'wall' ? (cell: Cell) => jsonText(key, cell) : plainInQuotes,
    sparse: column.sparse ?? false,
  }))
  return (event) => {
    let line = '{'
    for (let index = 0; index < members.length; index++) {
      const { name, next, value, text, sparse } = members[index] as (typeof members)[number]
      const cell = value(event)
      if (sparse && cell === null) continue
      // One by one: joined first each would be a string of its own.
      line += line === '{' ? name : next
      line += text(cell)
    }
    return `${line}}\n`
  }
}

/** RFC 4180, a row a line: what could break one is escaped as in text. */
export function csvRows(columns: readonly NamedColumn[], context: RowContext): Format {
  const values = columns.map(([key, column]) => valueOf(key, column, context))
  const line: LineWriter = (event) => `${values.map((value) => csvCell(value(event))).join(',')}\n`
  return { header: `${columns.map(([key]) => key).join(',')}\n`, line, writer: () => undefined }
}

type Pad = (text: string) => string
type CellText = (event: object) => string

function widthOf({ width = 0 }: ColumnSpec<object, object>, options: object): number {
  return typeof width === 'number' ? width : width(options)
}

function padding(column: ColumnSpec<object, object>, options: object, last: boolean): Pad {
  const width = widthOf(column, options)
  const { align } = column
  if (align === 'right') return (text) => text.padStart(width)
  return last ? (text) => text : (text) => text.padEnd(width)
}

function headerOf(key: string, column: ColumnSpec<object, object>): string {
  return column.header ?? key.toUpperCase()
}

function cellText(
  key: string,
  column: ColumnSpec<object, object>,
  options: object,
  context: RowContext,
): CellText {
  const { text } = column
  if (text !== undefined) return (event) => shownText(text(event, context, options))
  const value = valueOf(key, column, context)
  return (event) => {
    const cell = value(event)
    return cell === null ? '-' : plainText(cell)
  }
}

function shownText(shown: string | Escaped): string {
  return shown instanceof Escaped ? shown.text : escapeText(shown)
}

/** Escaped; nothing for null. */
function plainText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return escapeText(cell)
  if (isWords(cell)) return Escaped.words(cell, false).text
  return Array.isArray(cell) ? cell.map((numbers) => numbers.join(':')).join(' ') : String(cell)
}

function csvCell(cell: Cell): string {
  const text = plainText(cell)
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function isWords(cell: Cell): cell is readonly string[] {
  return Array.isArray(cell) && (cell as readonly unknown[]).every((word) => typeof word === 'string')
}

/** Printable ASCII that JSON writes as it is. */
const plainInJson = /^[ !#-[\]-~]*$/

const plainInQuotes = (cell: Cell): string => `"${cell as string}"`

function jsonText(key: string, cell: Cell): string {
  if (typeof cell === 'string') return plainInJson.test(cell) ? plainInQuotes(cell) : jsonString(key, cell)
  if (!Array.isArray(cell)) return String(cell)
  return isWords(cell) ? jsonList(key, cell) : JSON.stringify(cell)
}

/** The value, and after it the exact bytes where they are not UTF-8. */
function jsonString(key: string, cell: string): string {
  const { text, bytes } = toJsonText(cell)
  return bytes === undefined ? JSON.stringify(text) : `${JSON.stringify(text)},"${key}Bytes":"${bytes}"`
}

/** Of a list all words have their bytes beside them as soon as one needs it, so that the places agree. */
function jsonList(key: string, cell: readonly string[]): string {
  const words = cell.map(toJsonText)
  const texts = JSON.stringify(words.map(({ text }) => text))
  if (words.every(({ bytes }) => bytes === undefined)) return texts
  const exact = words.map(({ text, bytes }) => bytes ?? Buffer.from(text).toString('base64'))
  return `${texts},"${key}Bytes":${JSON.stringify(exact)}`
}
