// Views of records: fields are read when they are asked for, and most rows ask for few.
import { type Reader, type RecordSource, readingOf } from './decode.js'
import type { Layout } from './layout.js'

/** A record as an event, for as long as its bytes stay; it can be moved on to the next. No field of C has a `$`. */
export interface RecordView {
  $source: RecordSource
  $at: number
}

/** Makes a view of the record that begins at a byte: a class whose getters are compiled once from the layout. */
export function compileViews(layout: Layout): Reader<RecordView> {
  const { fields, enums } = readingOf(layout)
  const getters = fields.map(
    ({ key, read }) => `get ${key}() { const s = this.$source, v = s.view, at = this.$at; return ${read} }`,
  )
  const body = `return class { constructor(s, at) { this.$source = s; this.$at = at } ${getters.join(' ')} }`
  const View = new Function('enums', body)(enums) as new (source: RecordSource, at: number) => RecordView
  return (source, at) => new View(source, at)
}
