// Views of records: fields are read when they are asked for, and most rows ask for few.
import { type Reader, RecordSource, readingOf } from './decode.js'
import type { Layout } from './layout.js'

/** A record as an event, for as long as its bytes stay; it can be moved on to the next. No field of C has a `$`. */
export interface RecordView {
  $source: RecordSource
  $at: number
}

/**
 * Makes a view of the record that begins at a byte: a class whose getters are compiled once from the layout.
 * @param note is told of each field that is read, by its place in the layout
 */
export function compileViews(layout: Layout, note?: (field: number) => void): Reader<RecordView> {
  const { fields, enums } = readingOf(layout)
  const getters = fields.map((field, index) => {
    const noting = note === undefined ? '' : `note(${index}); `
    return `get ${field.key}() { ${noting}const s = this.$source, v = s.view, at = this.$at; return ${field.read} }`
  })
  const body = `return class { constructor(s, at) { this.$source = s; this.$at = at } ${getters.join(' ')} }`
  const View = new Function('enums', 'note', body)(enums, note) as new (
    source: RecordSource,
    at: number,
  ) => RecordView
  return (source, at) => new View(source, at)
}

/** Records that came together. */
export class RecordBatch {
  /** Start and length of each within the source's bytes. */
  spans: Uint32Array = new Uint32Array(0)
  count = 0
  /** Moves on from record to record. */
  readonly #view: RecordView

  constructor(layout: Layout) {
    this.#view = compileViews(layout)(new RecordSource(new Uint8Array(0)), 0)
  }

  get source(): RecordSource {
    return this.#view.$source
  }

  /** The next batch takes the place of the last. */
  use(bytes: Uint8Array, spans: Uint32Array, count: number): void {
    if (!this.source.isOf(bytes)) this.#view.$source = new RecordSource(bytes)
    this.spans = spans
    this.count = count
  }

  /** Hands over each record, in one view that moves on. */
  each(take: (event: RecordView) => void): void {
    const view = this.#view
    for (let index = 0; index < this.count; index++) {
      view.$at = this.spans[2 * index] as number
      take(view)
    }
  }

  /** Leaves out all others. */
  keep(isKept: (event: RecordView) => boolean): void {
    const [view, spans] = [this.#view, this.spans]
    let kept = 0
    for (let index = 0; index < this.count; index++) {
      view.$at = spans[2 * index] as number
      if (!isKept(view)) continue
      spans.copyWithin(2 * kept++, 2 * index, 2 * index + 2)
    }
    this.count = kept
  }
}
