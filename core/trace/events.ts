// Events as they come, from the ring buffer.
import type { NativeStream } from '../bpf/addon.js'
import { compileViews, type RecordView } from '../btf/view.js'
import type { SharedValues } from '../cli/shared.js'
import type { EventsTool } from '../shape/events.js'
import type { RowContext } from '../show/context.js'
import { jsonRows } from '../show/row.js'
import { eventReader, heldEvents, streamLayout } from './batch.js'
import { Gate } from './gate.js'
import type { EventOutput } from './output.js'
import type { Start } from './run.js'

/** Throws a UsageError on conditions that the tool's fields do not allow. `isOwn`: an event that is not worth a row. */
export function prepareEvents(
  tool: EventsTool,
  options: SharedValues,
  context: RowContext,
  output: EventOutput,
  isOwn: (event: object) => boolean = () => false,
): Start {
  const gate = new Gate(tool.columns, options, context, options.count)
  const keep = (tool.keep ?? keepBy)(options)
  // Whoever replays it may want other columns than are shown now.
  const askAll = options.record === undefined ? undefined : jsonRows(Object.entries(tool.columns), context)
  let seen = 0
  const take = (event: RecordView): void => {
    askAll?.(event)
    if (isOwn(event) || !keep(event) || !gate.admits(event)) return
    seen++
    output.add(event)
  }

  return (source) => {
    const layout = streamLayout(source, tool.stream)
    const viewAt = compileViews(layout)
    output.begin(layout)
    let ending = false
    const onEnd = (): void => {
      output.flush()
      context.forget()
      if (!output.isFull || ending) return
      stream.pause()
      void output.drained().then(() => !ending && stream.resume())
    }
    const stream: NativeStream = source.stream(tool.stream, eventReader(viewAt, take, onEnd))
    return {
      done: gate.closed,
      end: () => {
        ending = true
        source.detach()
        stream.drain()
        stream.close()
        if (tool.held !== undefined) heldEvents(source, layout, viewAt, tool.held).forEach(take)
        const sentences = output.end()
        return { seen, answer: () => sentences, verdict: gate.verdict(), failed: gate.failed }
      },
    }
  }
}

/** Which events are kept beyond what the kernel side filters, where the tool does not say so itself. */
function keepBy(options: object): (event: object) => boolean {
  const { name } = options as SharedValues
  return name === undefined ? () => true : (event) => (event as { comm: string }).comm.includes(name)
}
