// The text of --help: the only file that knows yargs.
import yargs, { type Options as YargsOption } from 'yargs'
import { exit, exitMeanings } from '../errors.js'
import type { Tool } from '../tool.js'
import { flagOf, kebab } from './catalog.js'
import { byGroup, group as headings } from './groups.js'
import type { Option, OptionRecord } from './options.js'
import { textOptions } from './text-options.js'

/** Lines longer than this are hard to read, however wide the terminal is. */
export const WIDEST = 96

type Entry = readonly [name: string, option: Option<unknown>]

/** Renders the help of a tool with these options, at most that many columns wide. */
export async function renderHelp(tool: Tool, options: OptionRecord, width: number): Promise<string> {
  const entries = Object.entries({ ...options, ...textOptions } as OptionRecord)
  const named = entries.filter(([, { positional }]) => !positional)
  const places = entries.filter(([, { positional }]) => positional)
  const ordered = [...byGroup(named).values()].flat()
  const columns = Math.min(width, WIDEST)
  const text = await yargs([])
    .scriptName(tool.name)
    .usage(usage(tool, places))
    .help(false)
    .version(false)
    .options(Object.fromEntries(ordered.map(([name, option]) => [kebab(name), describe(option)])))
    .example(tool.examples.map(([args, does]): [string, string] => [`$0 ${args}`.trim(), does]))
    .epilogue(epilogue(tool))
    .locale('en')
    .wrap(columns)
    .getHelp()
  return text.replace(/^Usage: .*\n/m, (line) => `${line}${argumentsBlock(places, columns)}`)
}

function usage(tool: Tool, places: readonly Entry[]): string {
  const flags = places.map(([name, option]) => flagOf(name, option))
  return [tool.summary, '', ['Usage: $0 [options]', ...flags].join(' ')].join('\n')
}

/** What yargs knows for commands alone: it takes leading spaces off a usage text, so this comes in afterwards. */
function argumentsBlock(places: readonly Entry[], width: number): string {
  const flags = places.map(([name, option]) => `  ${flagOf(name, option)}  `)
  const indent = Math.max(0, ...flags.map((flag) => flag.length))
  const lines = places.map(([, { describe: words }], index) => {
    const text = wrapped(words, width - indent).join(`\n${' '.repeat(indent)}`)
    return `${flags[index]?.padEnd(indent)}${text}\n`
  })
  return lines.length === 0 ? '' : `\nArguments:\n${lines.join('')}`
}

function wrapped(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function describe({ alias, describe: words, placeholder, group }: Option<unknown>): YargsOption {
  return {
    describe: placeholder === undefined ? words : `${placeholder}  ${words}`,
    ...(alias !== undefined && { alias }),
    group: group ?? headings.output,
    // Else yargs writes a digit as `--4`.
    ...(/^[0-9]$/.test(alias ?? '') && { boolean: true }),
    // yargs marks every option with its type; the placeholder says more.
    skipValidation: true,
  }
}

function epilogue(tool: Tool): string {
  const statuses = exitMeanings.filter(([status]) => status < exit.software)
  return [
    ...(tool.blind.length > 0 ? ['Not seen:', ...tool.blind.map((line) => `  ${line}`), ''] : []),
    `Exit status: ${statuses.map(([status, words]) => `${status} ${words}`).join(', ')}.`,
    `More: man ${tool.name}; snoopkit list finds the tool for a symptom, snoopkit doctor says what works here.`,
  ].join('\n')
}

/** A command that has commands of its own. */
export interface CommandHelp {
  name: string
  summary: string
  /** What can follow the name, and what it does. */
  commands: readonly (readonly [command: string, does: string])[]
  examples: readonly (readonly [args: string, does: string])[]
  options: OptionRecord
  epilogue: readonly string[]
}

/** Renders the help of such a command. */
export async function renderCommandHelp(help: CommandHelp, width: number): Promise<string> {
  const { name, summary, commands, examples, options, epilogue: last } = help
  const described = Object.entries(options).map(([flag, option]) => [
    kebab(flag),
    describe({ ...option, group: 'Options:' }),
  ])
  const parser = yargs([])
    .scriptName(name)
    .usage(summary)
    .help(false)
    .version(false)
    .options(Object.fromEntries(described) as Record<string, YargsOption>)
    .example(examples.map(([args, does]): [string, string] => [`$0 ${args}`, does]))
    .epilogue(last.join('\n'))
    .locale('en')
    .wrap(Math.min(width, WIDEST))
  for (const [command, does] of commands) parser.command(command, does)
  return await parser.getHelp()
}
