// The command line, by yargs' parser. The whole of yargs (help.ts) is loaded for --help alone: it takes longer to
// load than everything else together.
import parser from 'yargs-parser'
import { UsageError } from '../errors.js'
import type { Tool } from '../tool.js'
import { initialValues, kebab, optionsOf } from './catalog.js'
import type { Option, OptionRecord } from './options.js'

/** What the command line asks for: the tool's run, or a text to print on stdout. */
export type Request = { run: Record<string, unknown> } | { print: string }

/** Parses the words after the command's name. Throws a UsageError on anything it does not understand. */
export async function parseCommandLine(
  tool: Tool,
  words: readonly string[],
  version: string,
): Promise<Request> {
  const options = optionsOf(tool)
  const { own, rest } = splitRest(options, words)
  const { argv, error } = parser.detailed(own, configuration(options))
  if (argv['help']) return { print: `${await (await import('./help.js')).renderHelp(tool, options)}\n` }
  if (argv['version']) return { print: `${version}\n` }
  const [stray] = argv._
  if (stray !== undefined) {
    throw new UsageError(
      `unknown option or argument ${JSON.stringify(String(stray))}; --help lists what is accepted`,
    )
  }
  if (error !== null) throw new UsageError(explain(error.message))
  const values = Object.entries(options).map(([name, option]) => [name, valueOf(name, option, argv, rest)])
  return { run: { ...initialValues(tool), ...Object.fromEntries(values) } }
}

/**
 * Cuts off what belongs to an option that takes the rest, lets bcc's `--long_name` pass for `--long-name`, and spells out
 * an alias that is a digit, which the parser takes for a negative number.
 */
function splitRest(options: OptionRecord, words: readonly string[]): { own: string[]; rest?: string[] } {
  const name = Object.entries(options).find(([, option]) => option.rest)?.[0]
  const at = name === undefined ? -1 : words.indexOf(`--${kebab(name)}`)
  const digits = new Map<string, string>(
    Object.entries(options).map(([long, { alias }]) => [`-${alias}`, `--${kebab(long)}`]),
  )
  const own = (at < 0 ? words : words.slice(0, at)).map((word) =>
    /^-[0-9]$/.test(word)
      ? (digits.get(word) ?? word)
      : word.replace(/^--[a-z_]+/, (flag) => flag.replaceAll('_', '-')),
  )
  return at < 0 ? { own } : { own, rest: words.slice(at + 1) }
}

function configuration(options: OptionRecord): parser.Options {
  const entries = Object.entries(options).filter(([, option]) => !option.rest)
  const named = (wanted: (option: Option<unknown>) => boolean): string[] =>
    entries.filter(([, option]) => wanted(option)).map(([name]) => kebab(name))
  const valued = named((option) => option.placeholder !== undefined)
  const aliases = entries.map(([name, option]): [string, string[]] => [kebab(name), namesOf(option)])
  return {
    alias: { help: ['h'], version: ['V'], ...Object.fromEntries(aliases) },
    boolean: ['help', 'version', ...named((option) => option.placeholder === undefined)],
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'unknown-options-as-args': true,
    },
  }
}

function namesOf({ alias, also = [] }: Option<unknown>): string[] {
  return alias === undefined ? [...also] : [alias, ...also]
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

/** The parser's complaint in our words. */
function explain(message: string): string {
  const missing = /^Not enough arguments following: (.*)$/.exec(message)
  if (missing === null) return message
  const name = missing[1] ?? ''
  return `${name.length === 1 ? '-' : '--'}${name} takes a value, and none follows it`
}
