// From the bytes of records to events.
import { compileReader, RecordSource } from '../btf/decode.js'
import { eventStruct, type Layout, layoutOf } from '../btf/layout.js'
import { RecordBatch } from '../btf/view.js'
import type { Source } from './run.js'

/** How the records of a stream lie. */
export function streamLayout({ object: { btf } }: Source, stream: string): Layout {
  return layoutOf(btf, eventStruct(btf, stream))
}

/** What the kernel side still holds back, once it is detached (see EventsTool.held), in the order of time. */
export function heldEvents(source: Source, layout: Layout, held: string): RecordBatch {
  const entries = source.object.native.entries(held, false)
  if (typeof entries === 'number') throw new Error(`the map ${held} cannot be read: errno ${-entries}`)
  const { size } = layout
  const read = compileReader<{ time: number; times: number }>(layout)
  const records = new RecordSource(entries.values)
  const events = Array.from({ length: entries.values.length / size }, (_, index) => ({
    at: index * size,
    event: read(records, index * size),
  }))
  const shown = events.filter(({ event }) => event.times > 0).toSorted((a, b) => a.event.time - b.event.time)
  const batch = new RecordBatch(layout)
  batch.use(entries.values, Uint32Array.from(shown.flatMap(({ at }) => [at, size])), shown.length)
  return batch
}
