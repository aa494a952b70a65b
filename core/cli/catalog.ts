// All options of a tool: its own and the shared ones.
import type { Tool } from '../tool.js'
import type { Option, OptionRecord } from './options.js'
import { sharedOptions } from './shared.js'

/** Shared options and the tool's own; a letter or name that the tool takes is the tool's. */
export function optionsOf(tool: Tool): OptionRecord {
  const own = tool.options
  const taken = new Set(Object.values(own).map((option) => option.alias))
  const shared = Object.entries(sharedOptions as OptionRecord)
    .filter(([name]) => !(name in own))
    .map(([name, { alias, ...option }]): [string, Option<unknown>] => [
      name,
      alias === undefined || taken.has(alias) ? option : { ...option, alias },
    ])
  return { ...own, ...Object.fromEntries(shared) }
}

/** `printUid` → `print-uid`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
