// Which columns are shown, and in which order: those the tool shows by itself, or what --fields says.
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import type { Columns, ColumnSpec } from '../tool.js'
import { column } from './column.js'
import type { RowContext } from './context.js'
import { describeUnknownField } from './unknown-field.js'

export type NamedColumn = readonly [name: string, column: ColumnSpec<object, object>]

/** Options that have to do with columns. */
export type ColumnOptions = Pick<SharedValues, 'json' | 'csv' | 'fields' | 'timeFormat'>

/** Whether a person reads it. */
export function isText({ json, csv }: Pick<SharedValues, 'json' | 'csv'>): boolean {
  return !json && !csv
}

/** Text shows what the tool shows with these options, JSON and CSV all, unless --fields says otherwise. Throws a UsageError. */
export function chooseColumns(columns: Columns, options: ColumnOptions): NamedColumn[] {
  const timed = withTimeFormat(columns, options)
  const all = Object.entries(timed)
  const shown = isText(options) ? all.filter(([, { show }]) => show?.(options) ?? true) : all
  const named = options.fields.filter((word) => !/^[+-]/.test(word))
  const start = named.length > 0 ? named.map((name) => columnOf(timed, name)) : shown
  return options.fields
    .filter((word) => /^[+-]/.test(word))
    .reduce((chosen: NamedColumn[], word) => {
      const meant = columnOf(timed, word.slice(1))
      const others = chosen.filter(([name]) => name !== meant[0])
      return word.startsWith('-') ? others : [...others, meant]
    }, start)
}

/** The column of that name. Throws a UsageError that lists those there are. */
function columnOf(columns: Columns, name: string): NamedColumn {
  const found = Object.hasOwn(columns, name) ? columns[name] : undefined
  if (found !== undefined) return [name, found]
  throw new UsageError(`--fields: ${describeUnknownField(name, columns)}`)
}

const widths = { seconds: 14, clock: 15, rfc3339: 30 } as const

/** With --time-format the time is shown, and so. */
function withTimeFormat(columns: Columns, { timeFormat }: ColumnOptions): Columns {
  const { time } = columns
  if (timeFormat === undefined || time === undefined) return columns
  const { describe, value, timed } = time
  const { text, timed: inSeconds } = column.inSeconds(timed?.value ?? 'wall', 9)
  return {
    ...columns,
    time: {
      describe,
      ...(value !== undefined && { value }),
      ...(timed !== undefined && {
        timed: timeFormat === 'seconds' ? inSeconds : { of: timed.of, value: timed.value },
      }),
      width: widths[timeFormat],
      text: (event: object, context: RowContext) =>
        timeFormat === 'seconds'
          ? text(event as { time: number }, context)
          : context.format((event as { time: number }).time, timeFormat),
    },
  }
}
