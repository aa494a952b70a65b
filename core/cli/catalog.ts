// All options of a tool: its own and the shared ones.
import type { Tool } from '../tool.js'
import type { Option, OptionRecord } from './options.js'
import { processOptions } from './filters.js'
import { commonOptions, shapeOptions, sharedOptions } from './shared.js'

/** Shared options and the tool's own; a letter or name that the tool takes is the tool's. */
export function optionsOf(tool: Tool): OptionRecord {
  const own = tool.options
  const taken = new Set(Object.values(own).map((option) => option.alias))
  const offered: OptionRecord = {
    ...(tool.filters !== 'none' && processOptions),
    ...commonOptions,
    ...shapeOptions[tool.shape],
  }
  const shared = Object.entries(offered)
    .filter(([name]) => !(name in own) && applies(name, tool))
    .map(([name, { alias, ...option }]): [string, Option<unknown>] => [
      name,
      alias === undefined || taken.has(alias) ? option : { ...option, alias },
    ])
  return { ...own, ...Object.fromEntries(shared) }
}

/** Those about the process of an event, of which a report's rows have none. */
const ofEvents = new Set(['name', 'containers'])

function applies(name: string, tool: Tool): boolean {
  if (name === 'noClear') return redraws(tool)
  return tool.shape === 'events' || !ofEvents.has(name)
}

function redraws(tool: Tool): boolean {
  return tool.shape === 'intervals' && tool.table?.redraw === true
}

/** Every option as if it had not been given, those that the tool does not offer included. */
export function initialValues(tool: Tool): Record<string, unknown> {
  const options = { ...(sharedOptions as OptionRecord), ...tool.options }
  return Object.fromEntries(Object.entries(options).map(([name, { initial }]) => [name, initial]))
}

/** What an option is called on the command line: `--print-uid`, `[interval]`. */
export function flagOf(name: string, { positional }: Option<unknown>): string {
  return positional ? `[${name}]` : `--${kebab(name)}`
}

/** `printUid` → `print-uid`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
