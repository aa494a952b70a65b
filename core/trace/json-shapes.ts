// What --json writes: documentation and completion know it from here.
import type { Columns, Tool } from '../tool.js'
import { figureColumns, reportColumns } from './histograms.js'
import { columnsOf, totalColumns } from './table.js'

/** What one JSON object holds, for each kind of object that the tool writes. */
export function jsonShapes(tool: Tool): { title: string; columns: Columns }[] {
  if (tool.shape === 'events') return [{ title: 'JSON', columns: tool.columns }]
  const { histogram, table } = tool
  return [
    ...(histogram === undefined
      ? []
      : [
          {
            title: 'JSON, an object for each interval and histogram',
            columns: { ...reportColumns, ...histogram.keys, ...figureColumns },
          },
        ]),
    ...(table === undefined
      ? []
      : [
          {
            title: 'JSON, an object for each interval and row',
            columns: { ...columnsOf(table), ...totalColumns },
          },
        ]),
  ]
}
