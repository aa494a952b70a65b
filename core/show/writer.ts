// Rows straight from records, by the addon: what a record's bytes say by themselves is copied, and JavaScript is asked for the
// rest, mostly once for many rows.
import { loadAddon, type NativeRowWriter, type RowAnswer, type RowCell } from '../bpf/addon.js'
import type { Field, Layout } from '../btf/layout.js'
import type { RecordBatch } from '../btf/view.js'
import type { Cell } from '../tool.js'
import type { RowContext } from './context.js'
import { Questions } from './questions.js'

/** How a column is written. */
export interface CellForm {
  /** The field of that name, where there is no `value`. */
  key: string
  /** What stands before it. */
  before: string
  value: ((event: object, context: RowContext) => Cell) | undefined
  /** Whether the value is the field as it is. */
  bare: ((event: object) => boolean) | undefined
  /** Of words: the field whose text stands in place of the first. */
  first: string | undefined
  /** The field that a time is of, and how it is written: as wall time, or as seconds with so many decimals (default: a number). */
  time: { of: string; as: 'wall' | 'seconds'; decimals?: number } | undefined
  /** The whole cell; in JSON with the quotes of a string. */
  text: (cell: Cell) => string
  width: number
  right: boolean
  /** Nothing at all is written where the value is null. */
  sparse: boolean
}

/** What all cells of a row have in common. */
export interface RowForm {
  cells: readonly CellForm[]
  /** What ends a line. */
  after: string
  /** As in JSON: strings stand in quotes. */
  quotes: boolean
  /** What of printable ASCII needs an escape in a string. */
  escaped: string
}

/** Writes batches of records of one layout, one after another. */
export class RowWriter {
  readonly #native: NativeRowWriter
  readonly #questions: Questions

  constructor(form: RowForm, layout: Layout, context: RowContext) {
    const questions = new Questions(layout, context)
    const cells = form.cells.map((cell) => nativeCell(cell, form.quotes, layout, questions))
    this.#questions = questions
    this.#native = loadAddon().rowWriter({
      cells,
      after: form.after,
      quotes: form.quotes,
      escaped: form.escaped,
      recordSize: layout.size,
      questions: questions.count,
      epochAtZero: context.epochAtZero,
    })
  }

  /** Hands all rows of the batch to `sink`, or, where one cannot be written, those before it, and then throws. */
  write({ source, spans, count }: RecordBatch, sink: (rows: Uint8Array) => void): void {
    const native = this.#native
    const ask = this.#questions.askAbout(source, native)
    const { first } = this.#questions.context
    // Of a damaged recording it may be anything.
    if (Number.isSafeInteger(first)) native.first(first as number)
    let next = 0
    do {
      try {
        next = native.write(source.buffer, spans, count, next, ask)
      } finally {
        sink(native.take())
      }
    } while (next < count)
  }
}

type Straight = Pick<RowCell, 'is' | 'offset' | 'size' | 'signed' | 'first' | 'decimals' | 'names'>

/** What most fields have none of. */
const plain = { signed: false, first: -1, decimals: -1, names: [] }
/** A cell that only JavaScript knows. */
const nothingStraight: Straight = { ...plain, is: 'asked', offset: 0, size: 0 }

function nativeCell(form: CellForm, quotes: boolean, layout: Layout, questions: Questions): RowCell {
  const { key, before, value, bare, time, text, width, right, sparse } = form
  const whole = (cell: Cell): RowAnswer => (sparse && cell === null ? null : text(cell))
  const read = value ?? ((event: object) => (event as Record<string, Cell>)[key] as Cell)
  const straight =
    time !== undefined
      ? timeField(layout, time)
      : value === undefined || bare !== undefined
        ? straightField(layout, form, quotes)
        : undefined
  return {
    ...(straight ?? nothingStraight),
    before,
    width,
    right,
    bare: straight === undefined || bare === undefined ? -1 : questions.add(bare),
    question: questions.add((event) => whole(read(event, questions.context))),
  }
}

function fieldOf({ fields }: Layout, key: string): Field | undefined {
  return fields.find((one) => one.key === key)
}

function timeField(
  layout: Layout,
  { of, as, decimals = -1 }: NonNullable<CellForm['time']>,
): Straight | undefined {
  const field = fieldOf(layout, of)
  if (field?.kind.is !== 'wide') return undefined
  return { ...plain, is: as === 'wall' ? 'wallTime' : 'seconds', offset: field.offset, size: 8, decimals }
}

/** How the field is put from the record's bytes, if that can be. */
function straightField(
  layout: Layout,
  { key, first, right }: CellForm,
  quotes: boolean,
): Straight | undefined {
  const field = fieldOf(layout, key)
  if (field === undefined) return undefined
  const { offset, kind } = field
  if (kind.is === 'number') return { ...plain, is: 'number', offset, size: kind.size, signed: kind.signed }
  if (kind.is === 'wide') return { ...plain, is: 'number', offset, size: 8, signed: kind.signed }
  // Only numbers stand to the right.
  if (right) return undefined
  switch (kind.is) {
    case 'boolean':
      return { ...plain, is: 'boolean', offset, size: 1 }
    case 'enum': {
      const names = [...kind.names].map(([value, name]) => ({ value, name }))
      // Text has names of its own for most.
      return quotes
        ? { ...plain, is: 'name', offset, size: kind.size, signed: kind.signed, names }
        : undefined
    }
    case 'chars':
      return { ...plain, is: 'chars', offset, size: kind.size }
    case 'text':
      return { ...plain, is: 'text', offset, size: 4 }
    case 'arguments': {
      const text = first === undefined ? undefined : fieldOf(layout, first)
      return { ...plain, is: 'words', offset, size: 8, first: text?.offset ?? -1 }
    }
    default:
      return undefined
  }
}
