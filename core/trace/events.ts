// Events as they come, from the ring buffer.
import type { NativeStream } from '../bpf/addon.js'
import { RecordBatch } from '../btf/view.js'
import type { SharedValues } from '../cli/shared.js'
import type { EventsTool } from '../shape/events.js'
import type { RowContext } from '../show/context.js'
import { jsonRows } from '../show/row.js'
import { heldEvents, streamLayout } from './batch.js'
import { Gate } from './gate.js'
import type { EventOutput } from './output.js'
import type { Start } from './run.js'

/** Throws a UsageError on conditions that the tool's fields do not allow. `isOwn`: an event that is not worth a row. */
export function prepareEvents(
  tool: EventsTool,
  options: SharedValues,
  context: RowContext,
  output: EventOutput,
  isOwn?: (event: object) => boolean,
): Start {
  const gate = new Gate(tool.columns, options, context, options.count)
  const keep = (tool.keep ?? keepBy)(options)
  // Whoever replays it may want other columns than are shown now.
  const askAll = options.record === undefined ? undefined : jsonRows(Object.entries(tool.columns), context)
  const isShown = (event: object): boolean => {
    askAll?.(event)
    return !isOwn?.(event) && (keep?.(event) ?? true) && gate.admits(event)
  }
  // Where all are shown, none need be looked at.
  const isOpen = askAll === undefined && isOwn === undefined && keep === undefined && gate.isOpen
  let seen = 0
  const show = (batch: RecordBatch): void => {
    if (!isOpen) batch.keep(isShown)
    seen += batch.count
    output.add(batch)
  }

  return (source) => {
    const layout = streamLayout(source, tool.stream)
    const batch = new RecordBatch(layout)
    output.begin(layout)
    let ending = false
    const stream: NativeStream = source.stream(tool.stream, (bytes, spans, count) => {
      batch.use(bytes, spans, count)
      show(batch)
      context.forget()
      if (!output.isFull || ending) return
      stream.pause()
      void output.drained().then(() => !ending && stream.resume())
    })
    return {
      done: gate.closed,
      end: () => {
        ending = true
        source.detach()
        stream.drain()
        stream.close()
        if (tool.held !== undefined) show(heldEvents(source, layout, tool.held))
        const sentences = output.end()
        return { seen, answer: () => sentences, verdict: gate.verdict(), failed: gate.failed }
      },
    }
  }
}

/** Which events are kept beyond what the kernel side filters, where the tool does not say so itself; undefined: all. */
function keepBy(options: object): ((event: object) => boolean) | undefined {
  const { name } = options as SharedValues
  return name === undefined ? undefined : (event) => (event as { comm: string }).comm.includes(name)
}
