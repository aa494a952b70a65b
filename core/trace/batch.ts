// From the bytes of records to events.
import type { OnBatch } from '../bpf/addon.js'
import { type Reader, RecordSource } from '../btf/decode.js'
import { eventStruct, type Layout, layoutOf } from '../btf/layout.js'
import type { RecordView } from '../btf/view.js'
import type { Source } from './run.js'

/** How the records of a stream lie. */
export function streamLayout({ object: { btf } }: Source, stream: string): Layout {
  return layoutOf(btf, eventStruct(btf, stream))
}

/** Hands over each record of a batch, in one view that moves on, and says when the batch ends. */
export function eventReader(
  viewAt: Reader<RecordView>,
  onEvent: (event: RecordView) => void,
  onEnd: () => void,
): OnBatch {
  const view = viewAt(new RecordSource(new Uint8Array(0)), 0)
  return (bytes, spans, count) => {
    if (view.$source.buffer.buffer !== bytes.buffer) view.$source = new RecordSource(bytes)
    for (let index = 0; index < count; index++) {
      view.$at = spans[2 * index] as number
      onEvent(view)
    }
    onEnd()
  }
}

/** What the kernel side still holds back, once it is detached (see EventsTool.held), in the order of time. */
export function heldEvents(
  source: Source,
  { size }: Layout,
  viewAt: Reader<RecordView>,
  held: string,
): RecordView[] {
  const entries = source.object.native.entries(held, false)
  if (typeof entries === 'number') throw new Error(`the map ${held} cannot be read: errno ${-entries}`)
  const records = new RecordSource(entries.values)
  return Array.from(
    { length: entries.values.length / size },
    (_, index) => viewAt(records, index * size) as RecordView & { time: number; times: number },
  )
    .filter(({ times }) => times > 0)
    .toSorted((a, b) => a.time - b.time)
}
