// Writes rows straight from records into bytes, compiled once from the columns and the layout: no object, and no string for
// what is put as it is.
import { readingOf } from '../btf/decode.js'
import type { Field, Layout } from '../btf/layout.js'
import type { RecordView } from '../btf/view.js'
import { type Bytes, constantOf, type Safe } from '../output/bytes.js'
import type { Cell } from '../tool.js'

/** Writes one event as one line, newline included. */
export type RowWriter = (event: RecordView, to: Bytes) => void

/** How a column is written. */
export interface CellForm {
  /** The field of that name, where there is no `value`. */
  key: string
  /** What stands before it. */
  before: string
  value: ((event: object) => Cell) | undefined
  /** Whether the value is the field as it is. */
  bare: ((event: object) => boolean) | undefined
  /** Puts the value, text that needs no escape, without making it. */
  put: ((event: object, to: Bytes) => void) | undefined
  /** The whole cell, of a value that is not put straight. */
  text: (cell: Cell) => string
  /** As in JSON: strings stand in quotes, and null, true and false are words. */
  json: boolean
  /** What of a string needs none. */
  safe: Safe
  width: number
  right: boolean
  /** Nothing at all is written where the value is null. */
  sparse: boolean
}

/**
 * The source text is built of numbers and of what readingOf() makes; all else is bound to names.
 *
 * @param after what ends a line
 */
export function compileWriter(cells: readonly CellForm[], after: string, layout: Layout): RowWriter {
  const bound: unknown[] = []
  const bind: Bind = (value) => `c${bound.push(value) - 1}`
  const { fields, enums } = readingOf(layout)
  const reads = new Map(fields.map(({ key, read }) => [key, read]))
  const statements = cells.map((cell) => {
    const field = layout.fields.find(({ key }) => key === cell.key)
    return statementOf(cell, field, reads.get(cell.key) ?? 'undefined', bind)
  })
  const end = `to.constant(${bind(constantOf(after))})`
  const body = `return (e, to) => { const s = e.$source, v = s.view, at = e.$at; ${statements.join('; ')}; ${end} }`
  const names = bound.map((_, index) => `c${index}`)
  return new Function('enums', ...names, body)(enums, ...bound) as RowWriter
}

/** Source text that puts a cell; `read` reads its field. */
function statementOf(form: CellForm, field: Field | undefined, read: string, bind: Bind): string {
  const before = `to.constant(${bind(constantOf(form.before))})`
  if (form.put !== undefined) return `${before}; ${quoted(form, `${bind(form.put)}(e, to)`)}`
  const made = form.value === undefined ? read : `${bind(form.value)}(e)`
  const whole = `{ const n = ${made}; ${form.sparse ? 'if (n !== null) ' : ''}{ ${before}; ${putOf(form, bind)} } }`
  if (field === undefined || (form.value !== undefined && form.bare === undefined)) return whole
  const straight = straightOf(form, field, read, bind, before, whole)
  return form.bare === undefined ? straight : `if (${bind(form.bare)}(e)) ${straight} else ${whole}`
}

type Bind = (value: unknown) => string

const quoted = ({ json }: CellForm, put: string): string => (json ? `to.byte(34); ${put}; to.byte(34)` : put)

/** Source text that puts the value `n`. */
function putOf({ json, text, width, right }: CellForm, bind: Bind): string {
  const words = [null, true, false].map(
    (word) => `if (n === ${word}) to.constant(${bind(constantOf(String(word)))}); else `,
  )
  const other = `${json ? words.join('') : ''}to.text(${bind(text)}(n))`
  return `if (typeof n === 'number') to.number(n, ${width}, ${right}); else ${other}`
}

/** Source text that puts the field from the record's bytes; where it cannot, what puts the whole cell. */
function straightOf(
  form: CellForm,
  { kind, offset }: Field,
  read: string,
  bind: Bind,
  before: string,
  whole: string,
): string {
  const { json, safe, width, right } = form
  if (kind.is === 'number' || kind.is === 'wide')
    return `{ ${before}; to.number(${read}, ${width}, ${right}) }`
  // Names in C need no escape.
  if (kind.is === 'enum' && json) return `{ ${before}; ${quoted(form, `to.text(${read})`)} }`
  if (right || (kind.is !== 'chars' && kind.is !== 'text')) return whole
  const from = `at + v.getUint16(at + ${offset}, true)`
  const copy =
    kind.is === 'chars'
      ? `to.safeChars(s.buffer, at + ${offset}, ${kind.size}, ${bind(safe)}, ${width})`
      : `to.safe(s.buffer, ${from}, ${from} + v.getUint16(at + ${offset} + 2, true), ${bind(safe)}, ${width})`
  const quote = json ? 'to.byte(34);' : ''
  return `{ const l = to.length; ${before}; ${quote} if (${copy}) { ${quote} } else { to.length = l; ${whole} } }`
}
