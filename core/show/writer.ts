// Rows straight from records, by the addon: what a record's bytes say by themselves is copied, and JavaScript is asked for the
// rest, mostly once for many rows.
import { loadAddon, type NativeRowWriter, type RowAnswer, type RowCell } from '../bpf/addon.js'
import { type Field, fixedSize, type Layout } from '../btf/layout.js'
import { compileViews, type RecordBatch, type RecordView } from '../btf/view.js'
import { RecordSource } from '../btf/decode.js'
import type { Cell } from '../tool.js'
import type { RowContext } from './context.js'

/** How a column is written. */
export interface CellForm {
  /** The field of that name, where there is no `value`. */
  key: string
  /** What stands before it. */
  before: string
  value: ((event: object, context: RowContext) => Cell) | undefined
  /** Whether the value is the field as it is. */
  bare: ((event: object) => boolean) | undefined
  /** The field whose wall time the value is. */
  wallTimeOf: string | undefined
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

interface Asked {
  question: Question
  ground: Ground | undefined
}

type Question = (event: RecordView) => RowAnswer

/** What an answer depends on. */
interface Ground {
  /** Places in the layout of the fields that were read to find it. */
  fields: ReadonlySet<number>
  /** Something was looked up, which may be another in the next batch. */
  looked: boolean
}

/**
 * Questions about records. An answer depends on nothing but the record, what is looked up, and the run's options. So where all
 * fields that were ever read to answer a question are the same, the answer is too, and the addon need not ask again.
 */
class Questions {
  readonly #layout: Layout
  readonly context: RowContext
  readonly #asked: Asked[] = []
  /** The fields that the question at hand has read. */
  readonly #read: number[] = []
  readonly #view: RecordView

  constructor(layout: Layout, context: RowContext) {
    this.#layout = layout
    this.context = context
    const note = (field: number): void => {
      if (!context.isHinting) this.#read.push(field)
    }
    this.#view = compileViews(layout, note)(new RecordSource(new Uint8Array(0)), 0)
  }

  get count(): number {
    return this.#asked.length
  }

  /** The number of the question. */
  add(question: Question): number {
    return this.#asked.push({ question, ground: undefined }) - 1
  }

  /** What answers the addon. */
  askAbout(source: RecordSource, native: NativeRowWriter): (question: number, at: number) => RowAnswer {
    this.#view.$source = source
    return (question, at) => {
      this.#view.$at = at
      return this.#answer(question, native)
    }
  }

  /** Without garbage where it is as before: most batches of a quiet system are of a few rows. */
  #answer(number: number, native: NativeRowWriter): RowAnswer {
    const asked = this.#asked[number] as Asked
    const { looks, doubts } = this.context
    this.#read.length = 0
    const answer = asked.question(this.#view)
    const { ground } = asked
    const looked = this.context.looks !== looks
    if (
      ground === undefined ||
      (looked && !ground.looked) ||
      !this.#read.every((field) => ground.fields.has(field))
    ) {
      asked.ground = {
        fields: new Set([...(ground?.fields ?? []), ...this.#read]),
        looked: looked || ground?.looked === true,
      }
      this.#tell(number, asked.ground, native)
    }
    if (this.context.doubts !== doubts) native.skip()
    return answer
  }

  /** Nothing is kept where bytes beyond the record's fixed part say more. */
  #tell(number: number, { fields, looked }: Ground, native: NativeRowWriter): void {
    const places = [...fields].map((index) => {
      const { offset, kind } = this.#layout.fields[index] as Field
      return { offset, size: fixedSize(kind) }
    })
    const known = places.flatMap(({ offset, size }) => (size === undefined ? [] : { offset, size }))
    native.key(number, known.length < places.length ? null : known, looked)
  }
}

/** A cell that only JavaScript knows. */
const nothingStraight = { is: 'asked', offset: 0, size: 0, signed: false, names: [] } as const

function nativeCell(form: CellForm, quotes: boolean, layout: Layout, questions: Questions): RowCell {
  const { key, before, value, bare, wallTimeOf, text, width, right, sparse } = form
  const whole = (cell: Cell): RowAnswer => (sparse && cell === null ? null : text(cell))
  const read = value ?? ((event: object) => (event as Record<string, Cell>)[key] as Cell)
  const straight =
    value === undefined || bare !== undefined
      ? straightField(layout, key, quotes, right)
      : wallTimeOf === undefined
        ? undefined
        : timeField(layout, wallTimeOf)
  return {
    ...(straight ?? nothingStraight),
    before,
    width,
    right,
    bare: straight === undefined || bare === undefined ? -1 : questions.add(bare),
    question: questions.add((event) => whole(read(event, questions.context))),
  }
}

type Straight = Pick<RowCell, 'is' | 'offset' | 'size' | 'signed' | 'names'>

function timeField({ fields }: Layout, key: string): Straight | undefined {
  const field = fields.find((one) => one.key === key)
  if (field?.kind.is !== 'wide') return undefined
  return { is: 'wallTime', offset: field.offset, size: 8, signed: false, names: [] }
}

/** How the field is put from the record's bytes, if that can be. */
function straightField(
  { fields }: Layout,
  key: string,
  quotes: boolean,
  right: boolean,
): Straight | undefined {
  const field = fields.find((one) => one.key === key)
  if (field === undefined) return undefined
  const { offset, kind } = field
  switch (kind.is) {
    case 'number':
      return { is: 'number', offset, size: kind.size, signed: kind.signed, names: [] }
    case 'wide':
      return { is: 'number', offset, size: 8, signed: kind.signed, names: [] }
    case 'boolean':
      return right ? undefined : { is: 'boolean', offset, size: 1, signed: false, names: [] }
    case 'enum': {
      const names = [...kind.names].map(([value, name]) => ({ value, name }))
      // Text has names of its own for most.
      return quotes ? { is: 'name', offset, size: kind.size, signed: kind.signed, names } : undefined
    }
    case 'chars':
      return right ? undefined : { is: 'chars', offset, size: kind.size, signed: false, names: [] }
    case 'text':
      return right ? undefined : { is: 'text', offset, size: 4, signed: false, names: [] }
    default:
      return undefined
  }
}
