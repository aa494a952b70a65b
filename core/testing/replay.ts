// From bytes as the kernel side makes them to the lines a tool prints, without a kernel.
import { type OpenedObject, openObject } from '../bpf/object.js'
import { extremesOf } from '../bpf/table.js'
import { compileReader, RecordSource } from '../btf/decode.js'
import { eventStruct, type Layout, layoutOf, mapLayoutOf } from '../btf/layout.js'
import { initialValues } from '../cli/catalog.js'
import { RowContext } from '../show/context.js'
import { formatOf } from '../show/row.js'
import { finishReports, reporterOf } from '../trace/intervals.js'
import type { ReportOutput } from '../trace/output.js'
import { encodeRecord } from './record.js'
import type { SharedValues } from '../cli/shared.js'
import type { EventsTool } from '../shape/events.js'
import type { IntervalsTool } from '../shape/intervals.js'

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
  const { header, line } = formatOf(tool.columns, values as unknown as SharedValues, context)
  return `${header}${records.map((bytes) => line(read(new RecordSource(bytes), 0))).join('')}`
}

/** What a map holds at the time of a report, by map name: fields of key and value. */
export type MapContents = Readonly<Record<string, readonly MapEntry[]>>

export interface MapEntry {
  key: Record<string, unknown>
  value: Record<string, unknown>
  /** Of a histogram, as the kernel side notes them. */
  min?: number
  max?: number
}

/**
 * What the tool prints of the maps as they were at each report, at 1970-01-01 plus one second a report: the lines of all
 * reports but the last, the last, and the answer.
 */
export function renderReports(
  tool: IntervalsTool,
  reports: readonly MapContents[],
  options: Record<string, unknown> = {},
): { reports: string[]; last: string; answer: readonly string[]; seen: number } {
  const values = { ...initialValues(tool), ...options } as unknown as SharedValues
  let now = 0
  const context = new RowContext(0n, { now: () => now * 1000 })
  const object = recordedObject(
    tool,
    () => reports[now - 1] ?? {},
    () => now,
  )
  const reporter = reporterOf(tool, values, context)
  reporter.open(object)
  const lines = reports.slice(0, -1).map(() => {
    now++
    return reporter.render(reporter.read(), false)
  })
  now++
  let last = ''
  const output: ReportOutput = {
    write: (rows, total) => (last += reporter.render(rows, total)),
    takesTotals: values.json,
    isFull: false,
  }
  const { seen, answer } = finishReports(reporter, output, reports.length === 1, now)
  return { reports: lines, last, answer: answer(), seen }
}

/** An object whose maps hold what was recorded. */
function recordedObject(tool: IntervalsTool, contents: () => MapContents, now: () => number): OpenedObject {
  const { native, btf, globals } = openObject(tool.object)
  native.close()
  const generation = globals.get('generation')
  const concat = (parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
  const entries = (map: string): { keys: Uint8Array; values: Uint8Array; count: number } => {
    const layout = mapLayoutOf(btf, map)
    const histograms = Object.keys(contents()).find((name) => extremesOf(name) === map)
    const found = contents()[histograms ?? map] ?? []
    const keyLayout = mapLayoutOf(btf, histograms ?? map)?.key as Layout
    const valueBytes = ({ value, min, max }: MapEntry): Buffer =>
      layout === undefined
        ? encodeRecord(layoutOf(btf, 'extremes_of'), { generation: now(), min, max })
        : encodeRecord(layout.value, value)
    return {
      keys: concat(found.map(({ key }) => encodeRecord(keyLayout, key))),
      values: concat(found.map(valueBytes)),
      count: found.length,
    }
  }
  const data = (): Uint8Array => {
    const section = new Uint8Array(generation === undefined ? 0 : generation.offset + generation.size)
    if (generation !== undefined)
      new DataView(section.buffer).setBigUint64(generation.offset, BigInt(now()), true)
    return section
  }
  const recorded = { entries, data, setData: () => 0, delete: () => 0 }
  return { native: recorded as unknown as OpenedObject['native'], btf, globals }
}
