// All options of a tool: its own and the shared ones.
import type { Tool } from '../tool.js'
import type { Option, OptionRecord } from './options.js'
import { processOptions, sharedOptions } from './shared.js'

/** Shared options and the tool's own; a letter or name that the tool takes is the tool's. */
export function optionsOf(tool: Tool): OptionRecord {
  const own = tool.options
  const taken = new Set(Object.values(own).map((option) => option.alias))
  const shared = Object.entries(sharedOptions as OptionRecord)
    .filter(([name]) => !(name in own) && (tool.filters !== 'none' || !processOptions.includes(name)))
    .map(([name, { alias, ...option }]): [string, Option<unknown>] => [
      name,
      alias === undefined || taken.has(alias) ? option : { ...option, alias },
    ])
  return { ...own, ...Object.fromEntries(shared) }
}

/** Every option as if it had not been given, those that the tool does not offer included. */
export function initialValues(tool: Tool): Record<string, unknown> {
  const options = { ...(sharedOptions as OptionRecord), ...tool.options }
  return Object.fromEntries(Object.entries(options).map(([name, { initial }]) => [name, initial]))
}

/** `printUid` → `print-uid`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
