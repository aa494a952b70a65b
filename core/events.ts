// From a batch of records to lines of output: decode, filter, format, write.
import type { OnBatch } from './bpf/addon.js'
import type { Session } from './bpf/session.js'
import { compileReader, RecordSource } from './btf/decode.js'
import { eventStruct, layoutOf } from './btf/layout.js'
import type { LineWriter } from './show/row.js'

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
