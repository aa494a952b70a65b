// The man page of a tool, from its declaration and the prose of its README.
import { flagOf, optionsOf } from '../../core/cli/catalog.js'
import { byGroup } from '../../core/cli/groups.js'
import type { Option, OptionRecord } from '../../core/cli/options.js'
import { textOptions } from '../../core/cli/text-options.js'
import { exitMeanings } from '../../core/errors.js'
import type { Tool } from '../../core/tool.js'
import { jsonShapes } from '../../core/trace/json-shapes.js'
import { UMBRELLA } from '../../core/umbrella/tools.js'
import { markdownToRoff } from './markdown.js'
import { bold, entry, escaped, italic, joined, section, subsection } from './roff.js'

export interface Edition {
  version: string
  /** Such as 2026-11-24. */
  date: string
}

/** `prose`: what the README says above its tables. `others`: further tools to see. */
export function renderPage(tool: Tool, prose: string, others: readonly string[], edition: Edition): string {
  const options = { ...optionsOf(tool), ...textOptions } as OptionRecord
  const entries = Object.entries(options)
  const named = entries.filter(([, { positional }]) => !positional)
  const places = entries.filter(([, { positional }]) => positional)
  const lines = [
    titleLine(tool.name, edition),
    ...nameSection(tool.name, tool.summary),
    ...section('SYNOPSIS', synopsis(tool.name, places, named)),
    ...section('DESCRIPTION', markdownToRoff(prose.replace(/^# .*\n/, '') || tool.summary)),
    ...section(
      'ARGUMENTS',
      places.flatMap(([name, option]) => entry(bold(flagOf(name, option)), escaped(option.describe))),
    ),
    ...section('OPTIONS', [...byGroup(named)].flatMap(optionGroup)),
    ...section(
      'EXAMPLES',
      tool.examples.flatMap(([args, does]) => entry(bold(`${tool.name} ${args}`.trim()), escaped(does))),
    ),
    ...section('JSON', jsonShapes(tool).flatMap(jsonShape)),
    ...section(
      'NOT SEEN',
      tool.blind.flatMap((words) => ['.IP \\(bu 2', escaped(words)]),
    ),
    ...exitSection(exitMeanings),
    ...seeAlso([UMBRELLA, ...others]),
  ]
  return joined(lines)
}

/** The first line of a page, below a word on where it comes from. */
export function titleLine(name: string, { version, date }: Edition): string {
  return `.\\" Made by \`npm run build:man\` from the declaration: do not edit.\n.TH ${name.toUpperCase()} 1 ${date} "${UMBRELLA} ${version}" "Linux tracing commands"`
}

/** What apropos(1) finds. */
export function nameSection(name: string, summary: string): string[] {
  const words = `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`.replace(/\.$/, '')
  return section('NAME', [`${escaped(name)} \\- ${escaped(words)}`])
}

/** Statuses, and what each says. */
export function exitSection(meanings: typeof exitMeanings): string[] {
  return section(
    'EXIT STATUS',
    meanings.flatMap(([status, words]) => entry(bold(String(status)), escaped(words))),
  )
}

/** Other pages. */
export function seeAlso(names: readonly string[]): string[] {
  return section('SEE ALSO', [names.map((name) => `${bold(name)}(1)`).join(',\n')])
}

/** An option's names and its value, as in OPTIONS. */
export function optionTerm(name: string, option: Option<unknown>): string {
  const names = [...(option.alias === undefined ? [] : [`-${option.alias}`]), flagOf(name, option)]
  const value = option.placeholder === undefined ? '' : ` ${italic(option.placeholder)}`
  return `${names.map(bold).join(', ')}${value}`
}

type Entry = readonly [name: string, option: Option<unknown>]

function synopsis(name: string, places: readonly Entry[], named: readonly Entry[]): string[] {
  const rest = named.find(([, option]) => option.rest)
  const words = places.map(([place, option]) => escaped(flagOf(place, option)))
  const last = rest === undefined ? [] : [`[${optionTerm(...rest)}]`]
  return [[bold(name), `[${italic('options')}]`, ...words, ...last].join(' ')]
}

function optionGroup([heading, members]: [string, readonly Entry[]]): string[] {
  return [
    subsection(heading.replace(/:$/, '')),
    ...members.flatMap(([name, option]) => entry(optionTerm(name, option), escaped(option.describe))),
  ]
}

function jsonShape({ title, columns }: ReturnType<typeof jsonShapes>[number]): string[] {
  return [
    ...(title === 'JSON'
      ? ['One object a line, with these keys:']
      : [subsection(title.replace(/^JSON, /, ''))]),
    ...Object.entries(columns).flatMap(([key, { describe }]) => entry(bold(key), escaped(describe))),
  ]
}
