// From the bytes of records to events.
import type { OnBatch } from '../bpf/addon.js'
import { compileReader, RecordSource } from '../btf/decode.js'
import { eventStruct, layoutOf } from '../btf/layout.js'
import type { Source } from './run.js'

/** Hands over each record of a batch, and says when the batch ends. */
export function eventReader(
  source: Source,
  stream: string,
  onEvent: (event: object) => void,
  onEnd: () => void,
): OnBatch {
  const { btf } = source.object
  const read = compileReader<object>(layoutOf(btf, eventStruct(btf, stream)))
  let records: RecordSource | undefined
  return (bytes, spans, count) => {
    if (records?.buffer.buffer !== bytes.buffer) records = new RecordSource(bytes)
    for (let index = 0; index < count; index++) onEvent(read(records, spans[2 * index] as number))
    onEnd()
  }
}

/** What the kernel side still holds back, once it is detached (see EventsTool.held), in the order of time. */
export function heldEvents(source: Source, stream: string, held: string): object[] {
  const { btf } = source.object
  const layout = layoutOf(btf, eventStruct(btf, stream))
  const read = compileReader<{ time: number; times: number }>(layout)
  const entries = source.object.native.entries(held, false)
  if (typeof entries === 'number') throw new Error(`the map ${held} cannot be read: errno ${-entries}`)
  const records = new RecordSource(entries.values)
  return Array.from({ length: entries.values.length / layout.size }, (_, index) =>
    read(records, index * layout.size),
  )
    .filter(({ times }) => times > 0)
    .toSorted((a, b) => a.time - b.time)
}
