// From record bytes to the lines a tool prints, without a kernel.
import { openObject } from '../bpf/object.js'
import { compileReader, RecordSource } from '../btf/decode.js'
import { eventStruct, type Layout, layoutOf } from '../btf/layout.js'
import { initialValues } from '../cli/catalog.js'
import { RowContext } from '../show/context.js'
import { jsonRows, textRows } from '../show/row.js'
import type { EventsTool } from '../tool.js'

/** The layout of the tool's events, from the object that would be loaded. */
export function eventLayout(tool: EventsTool): Layout {
  const { native, btf } = openObject(tool.object)
  native.close()
  return layoutOf(btf, eventStruct(btf, tool.stream))
}

/** Header and lines, as text or JSON, that the tool prints of these records; monotonic time 0 is 1970. */
export function renderRecords(
  tool: EventsTool,
  records: readonly Buffer[],
  options: Record<string, unknown> = {},
): string {
  const values: Record<string, unknown> = { ...initialValues(tool), ...options }
  const read = compileReader<object>(eventLayout(tool))
  const context = new RowContext(0n)
  const text = textRows(tool.columns, values, context)
  const line = values['json'] === true ? jsonRows(tool.columns, context) : text.line
  const lines = records.map((bytes) => line(read(new RecordSource(bytes), 0)))
  return `${values['json'] === true ? '' : text.header}${lines.join('')}`
}
