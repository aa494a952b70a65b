// The command line: the only file that knows yargs.
import yargs, { type Options as YargsOption } from 'yargs'
import { UsageError } from '../errors.js'
import type { Tool } from '../tool.js'
import type { Option, OptionRecord } from './options.js'
import { sharedOptions } from './shared.js'

/** What the command line asks for: the tool's run, or a text to print on stdout. */
export type Request = { run: Record<string, unknown> } | { print: string }

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

/** Parses the words after the command's name. Throws a UsageError on anything it does not understand. */
export async function parseCommandLine(
  tool: Tool,
  words: readonly string[],
  version: string,
): Promise<Request> {
  const options = optionsOf(tool)
  const { own, rest } = splitRest(options, words)
  let printed: string | undefined
  const parser = yargs(own)
    .scriptName(tool.name)
    .usage(`${tool.summary}\n\nUsage: $0 [options]`)
    .parserConfiguration({
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'boolean-negation': false,
      'dot-notation': false,
    })
    .options(
      Object.fromEntries(Object.entries(options).map(([name, option]) => [kebab(name), yargsOption(option)])),
    )
    .example(tool.examples.map(([args, does]): [string, string] => [`$0 ${args}`.trim(), does]))
    .epilogue(epilogue(tool))
    .help()
    .alias('help', 'h')
    .version(version)
    .alias('version', 'V')
    .wrap(96)
    .strict()
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new UsageError(explain(message ?? 'the command line is wrong'))
    })
  const parsed = await parser.parseAsync(own, {}, (_error, _argv, output) => {
    printed = output || undefined
  })
  if (printed !== undefined) return { print: `${printed}\n` }
  const values = Object.entries(options).map(([name, option]) => [name, valueOf(name, option, parsed, rest)])
  return { run: Object.fromEntries(values) as Record<string, unknown> }
}

/** `printUid` → `print-uid`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Cuts off what belongs to an option that takes the rest, and lets bcc's `--long_name` pass for `--long-name`. */
function splitRest(options: OptionRecord, words: readonly string[]): { own: string[]; rest?: string[] } {
  const name = Object.entries(options).find(([, option]) => option.rest)?.[0]
  const at = name === undefined ? -1 : words.indexOf(`--${kebab(name)}`)
  const own = (at < 0 ? words : words.slice(0, at)).map((word) =>
    word.replace(/^--[a-z_]+/, (flag) => flag.replaceAll('_', '-')),
  )
  return at < 0 ? { own } : { own, rest: words.slice(at + 1) }
}

function yargsOption(option: Option<unknown>): YargsOption {
  const { alias, also = [], describe, placeholder, group } = option
  const names = [...(alias === undefined ? [] : [alias]), ...also]
  const common = {
    describe,
    ...(names.length > 0 && { alias: names }),
    ...(group !== undefined && { group }),
  }
  if (placeholder === undefined) return { ...common, type: 'boolean' }
  return { ...common, type: 'string', requiresArg: true, defaultDescription: undefined as never }
}

function valueOf(
  name: string,
  option: Option<unknown>,
  parsed: Record<string, unknown>,
  rest?: string[],
): unknown {
  const flag = `--${kebab(name)}`
  if (option.rest) return rest === undefined ? option.initial : option.parse(rest, flag)
  const given = parsed[kebab(name)]
  if (given === undefined || given === false) return option.initial
  const words = (Array.isArray(given) ? given : [given]).map(String)
  return option.parse(words, flag)
}

/** yargs' complaint in our words. */
function explain(message: string): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)
  if (unknown !== null) {
    const word = (unknown[1] ?? '').split(', ')[0] ?? ''
    return `unknown option or argument ${JSON.stringify(word)}; --help lists what is accepted`
  }
  const missing = /^Not enough arguments following: (.*)$/.exec(message)
  if (missing !== null) return `${dashes(missing[1] ?? '')} takes a value, and none follows it`
  return message
}

function dashes(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function epilogue(tool: Tool): string {
  return [
    ...(tool.blind.length > 0 ? ['Not seen:', ...tool.blind.map((line) => `  ${line}`), ''] : []),
    'Exit status: 0 done, 2 usage, 3 cannot trace here, 4 events were lost and --strict was given.',
  ].join('\n')
}
