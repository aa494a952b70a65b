// From an event to a line: text columns as bcc prints them, or one JSON object.
import type { Cell, ColumnSpec } from '../tool.js'
import type { RowContext } from './context.js'
import { Escaped, escapeText, toJsonText } from './escape.js'

export type Columns = Record<string, ColumnSpec<object, object>>

/** Writes one event as one line, newline included. */
export type LineWriter = (event: object) => string

/** The text form: header line and line writer, for the columns these options show. */
export function textRows(
  columns: Columns,
  options: object,
  context: RowContext,
): { header: string; line: LineWriter } {
  const shown = Object.entries(columns).filter(([, column]) => column.show?.(options) ?? true)
  const pads = shown.map(([, column], index) => padding(column, index === shown.length - 1))
  const cells = shown.map(([key, column]) => cellText(key, column, options, context))
  const join = (text: (index: number) => string): string => {
    let line = ''
    for (let index = 0; index < pads.length; index++) {
      line += `${index === 0 ? '' : ' '}${(pads[index] as Pad)(text(index))}`
    }
    return `${line}\n`
  }
  return {
    header: join((index) => headerOf(...(shown[index] as (typeof shown)[number]))),
    line: (event) => join((index) => (cells[index] as CellText)(event)),
  }
}

/** The JSON form: every column, shown or not; a string or list whose bytes are not UTF-8 has them beside it as KEYBytes. */
export function jsonRows(columns: Columns, context: RowContext): LineWriter {
  const values = Object.entries(columns).map(([key, column]) => [key, valueOf(key, column, context)] as const)
  return (event) => {
    let line = ''
    for (const [key, value] of values) line += `${line === '' ? '{' : ','}${jsonMember(key, value(event))}`
    return `${line}}\n`
  }
}

type Pad = (text: string) => string
type CellText = (event: object) => string

function padding(column: ColumnSpec<object, object>, last: boolean): Pad {
  const width = column.width ?? 0
  if (column.align === 'right') return (text) => text.padStart(width)
  return last ? (text) => text : (text) => text.padEnd(width)
}

function headerOf(key: string, column: ColumnSpec<object, object>): string {
  return column.header ?? key.toUpperCase()
}

function valueOf(
  key: string,
  column: ColumnSpec<object, object>,
  context: RowContext,
): (event: object) => Cell {
  const { value } = column
  if (value !== undefined) return (event) => value(event, context)
  return (event) => (event as Record<string, Cell>)[key] as Cell
}

function cellText(
  key: string,
  column: ColumnSpec<object, object>,
  options: object,
  context: RowContext,
): CellText {
  const { text } = column
  if (text !== undefined)
    return (event) => {
      const shown = text(event, context, options)
      return shown instanceof Escaped ? shown.text : escapeText(shown)
    }
  const value = valueOf(key, column, context)
  return (event) => {
    const cell = value(event)
    if (typeof cell === 'string') return escapeText(cell)
    if (Array.isArray(cell)) return Escaped.words(cell, false).text
    return cell === null ? '-' : String(cell)
  }
}

function jsonMember(key: string, cell: Cell): string {
  if (Array.isArray(cell)) return jsonList(key, cell)
  if (typeof cell !== 'string') return `"${key}":${String(cell)}`
  const { text, bytes } = toJsonText(cell)
  const member = `"${key}":${JSON.stringify(text)}`
  return bytes === undefined ? member : `${member},"${key}Bytes":"${bytes}"`
}

/** Of a list all words have their bytes beside them as soon as one needs it, so that the places agree. */
function jsonList(key: string, cell: readonly string[]): string {
  const words = cell.map(toJsonText)
  const member = `"${key}":${JSON.stringify(words.map(({ text }) => text))}`
  if (words.every(({ bytes }) => bytes === undefined)) return member
  const exact = words.map(({ text, bytes }) => bytes ?? Buffer.from(text).toString('base64'))
  return `${member},"${key}Bytes":${JSON.stringify(exact)}`
}
