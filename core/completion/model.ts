// What there is to complete, the same for every shell: commands, their flags, and what follows a flag.
import { kebab, optionsOf } from '../cli/catalog.js'
import type { Completes, Option, OptionRecord } from '../cli/options.js'
import type { Tool } from '../tool.js'
import { jsonShapes } from '../trace/json-shapes.js'
import { subcommands } from '../umbrella/subcommands.js'
import { UMBRELLA } from '../umbrella/tools.js'
import { textOptions } from '../cli/text-options.js'

/** What a shell offers for a value: words, what it lists itself, or nothing, though there is a value. */
export type Offer = readonly string[] | 'process' | 'user' | 'cgroup' | 'file' | 'command' | 'nothing'

export interface Flag {
  long: string
  short: string | undefined
  describe: string
  placeholder: string
  /** Undefined: takes no value. */
  offer: Offer | undefined
  /** Takes several values with commas between them. */
  many: boolean
  /** All that follows belongs to it. */
  rest: boolean
}

export interface Command {
  name: string
  describe: string
  flags: readonly Flag[]
  /** Words that can follow it. */
  offers: readonly string[]
}

export interface Completed {
  umbrella: Command
  subcommands: readonly Command[]
  tools: readonly Command[]
}

/** All of it, from the declarations. */
export function completed(tools: readonly Tool[]): Completed {
  const own = Object.entries(subcommands).map(([name, { describe, options, offers }]): Command => ({
    name,
    describe,
    offers: offers === 'tools' ? tools.map((tool) => tool.name) : offers,
    flags: flagsOf(options),
  }))
  const commands = tools.map((tool): Command => ({
    name: tool.name,
    describe: tool.summary,
    offers: [],
    flags: flagsOf(optionsOf(tool), tool),
  }))
  const offers = [...own, ...commands].map(({ name }) => name)
  const umbrella = { name: UMBRELLA, describe: '', offers, flags: flagsOf({}) }
  return { umbrella, subcommands: own, tools: commands }
}

function flagsOf(options: OptionRecord, tool?: Tool): Flag[] {
  return Object.entries({ ...options, ...textOptions } as OptionRecord)
    .filter(([, { positional }]) => !positional)
    .map(([name, option]) => ({
      long: `--${kebab(name)}`,
      short: option.alias === undefined ? undefined : `-${option.alias}`,
      describe: option.describe,
      placeholder: option.placeholder ?? '',
      offer: offerOf(option, tool),
      many: option.many ?? false,
      rest: option.rest ?? false,
    }))
}

function offerOf({ placeholder, completes }: Option<unknown>, tool?: Tool): Offer | undefined {
  if (placeholder === undefined) return undefined
  if (completes === undefined) return 'nothing'
  return isDeclared(completes) && tool !== undefined ? declaredWords[completes](tool) : (completes as Offer)
}

type Declared = keyof typeof declaredWords

const isDeclared = (completes: Completes): completes is Declared =>
  typeof completes === 'string' && completes in declaredWords

/** Values that the tool's declaration knows. */
const declaredWords = {
  hook: ({ hooks }: Tool): string[] => [
    ...new Set(hooks.flatMap(({ variants }) => variants.map(({ name }) => name))),
    ...hooks.flatMap(({ name, variants }) => variants.map((variant) => `${name}=${variant.name}`)),
  ],
  field: (tool: Tool): string[] => [
    ...new Set(jsonShapes(tool).flatMap(({ columns }) => Object.keys(columns))),
  ],
}
