// From a batch of records to lines of output: decode, filter, format, write.
import type { OnBatch } from './bpf/addon.js'
import type { Session } from './bpf/session.js'
import { compileReader, RecordSource } from './btf/decode.js'
import { eventStruct, layoutOf } from './btf/layout.js'
import type { LineWriter } from './show/row.js'

/** Hands out the lines of what the kernel side still holds back, once it is detached (see EventsTool.held). */
export function writeHeld(
  session: Session,
  stream: string,
  held: string,
  keep: (event: object) => boolean,
  line: LineWriter,
  write: (lines: string, count: number) => void,
): void {
  const { btf } = session.object
  const layout = layoutOf(btf, eventStruct(btf, stream))
  const read = compileReader<{ time: number; times: number }>(layout)
  const entries = session.object.native.entries(held, false)
  if (typeof entries === 'number') throw new Error(`the map ${held} cannot be read: errno ${-entries}`)
  const source = new RecordSource(entries.values)
  const events = Array.from({ length: entries.values.length / layout.size }, (_, index) =>
    read(source, index * layout.size),
  )
  const rest = events.filter((event) => event.times > 0 && keep(event)).toSorted((a, b) => a.time - b.time)
  if (rest.length > 0) write(rest.map((event) => line(event)).join(''), rest.length)
}

/** Decodes each record and hands the batch's lines, and how many they are, to `write`. */
export function batchWriter(
  session: Session,
  stream: string,
  keep: (event: object) => boolean,
  line: LineWriter,
  write: (lines: string, count: number) => void,
): OnBatch {
  const { btf } = session.object
  const read = compileReader<object>(layoutOf(btf, eventStruct(btf, stream)))
  let source: RecordSource | undefined
  return (bytes, spans, count) => {
    if (source?.buffer.buffer !== bytes.buffer) source = new RecordSource(bytes)
    let lines = ''
    let written = 0
    for (let index = 0; index < count; index++) {
      const event = read(source, spans[2 * index] as number)
      if (!keep(event)) continue
      lines += line(event)
      written++
    }
    if (written > 0) write(lines, written)
  }
}
