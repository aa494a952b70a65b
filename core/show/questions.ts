// What the addon asks of records while it writes rows (core/show/writer), and when an answer holds for others too.
import type { NativeRowWriter, RowAnswer } from '../bpf/addon.js'
import { RecordSource } from '../btf/decode.js'
import { type Field, fixedSize, type Layout } from '../btf/layout.js'
import { compileViews, type RecordView } from '../btf/view.js'
import type { RowContext } from './context.js'

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
export class Questions {
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
