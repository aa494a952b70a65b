// The command line, by yargs' parser. The whole of yargs (help.ts) is loaded for --help alone: it takes longer to
// load than everything else together.
import parser from 'yargs-parser'
import { UsageError } from '../errors.js'
import type { Tool } from '../tool.js'
import { flagOf, initialValues, kebab, optionsOf } from './catalog.js'
import type { Option, OptionRecord } from './options.js'
import { describeUnknown } from './unknown.js'
import { textOptions } from './text-options.js'

/** What the command line asks for: the tool's run, or a text to print on stdout. */
export type Request = { run: Record<string, unknown> } | { print: string }

/** Parses the words after the command's name; `width`: columns of a help text, asked for only then. Throws a UsageError on anything it does not understand. */
export async function parseCommandLine(
  tool: Tool,
  words: readonly string[],
  version: string,
  width: () => number = () => 80,
): Promise<Request> {
  const options = optionsOf(tool)
  const { own, rest } = splitRest(options, words)
  const { argv, error } = parser.detailed(joinFields(options, own), configuration(options))
  if (argv['help'])
    return { print: `${await (await import('./help.js')).renderHelp(tool, options, width())}\n` }
  if (argv['version']) return { print: `${version}\n` }
  const places = Object.entries(options).filter(([, { positional }]) => positional)
  const strays = argv._.map(String)
  const unknown = strays.find((word, index) => word.startsWith('-') || index >= places.length)
  if (unknown !== undefined) {
    throw new UsageError(describeUnknown(unknown, { ...options, ...textOptions }))
  }
  places.forEach(([name], index) => (argv[name] = strays[index]))
  if (error !== null) throw new UsageError(explain(error.message))
  const values = Object.entries(options).map(([name, option]): [string, unknown] => [
    name,
    valueOf(name, option, argv, rest),
  ])
  const given = values.filter(([name, value]) => value !== options[name]?.initial)
  const text = given.map(([name]) => options[name]?.prints).find((prints) => prints !== undefined)
  if (text !== undefined) return { print: text() }
  const stoodFor = given.flatMap(([name, value]) => {
    const other = options[name]?.standsFor
    return other === undefined ? [] : [[other, value]]
  })
  return { run: { ...initialValues(tool), ...Object.fromEntries([...values, ...stoodFor]) } }
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

/** `--sort -fd` as `--sort=-fd`: the parser would take what follows for `-f -d` where there are such flags. */
function joinFields(options: OptionRecord, words: readonly string[]): string[] {
  const flags = new Set(
    Object.entries(options)
      .filter(([, { completes }]) => completes === 'field')
      .map(([name]) => `--${kebab(name)}`),
  )
  const joined: string[] = []
  for (const word of words) {
    const flag = joined.at(-1) ?? ''
    if (flags.has(flag) && /^-[A-Za-z]/.test(word)) joined.splice(-1, 1, `${flag}=${word}`)
    else joined.push(word)
  }
  return joined
}

function configuration(options: OptionRecord): parser.Options {
  const entries = Object.entries(options).filter(([, option]) => !option.rest && !option.positional)
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
      'parse-positional-numbers': false,
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
  const flag = flagOf(name, option)
  if (option.rest) return rest === undefined ? option.initial : option.parse(rest, flag)
  const given = parsed[option.positional ? name : kebab(name)]
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
