// The man page of the umbrella command, from what it declares of itself and of the tools.
import type { OptionRecord } from '../../core/cli/options.js'
import { textOptions } from '../../core/cli/text-options.js'
import { exit, exitMeanings } from '../../core/errors.js'
import type { Tool } from '../../core/tool.js'
import { umbrellaSummary } from '../../core/umbrella/help.js'
import { findSymptoms } from '../../core/umbrella/list.js'
import { subcommands, umbrellaExamples } from '../../core/umbrella/subcommands.js'
import { UMBRELLA } from '../../core/umbrella/tools.js'
import { type Edition, exitSection, nameSection, optionTerm, seeAlso, titleLine } from './page.js'
import { bold, entry, escaped, italic, joined, section } from './roff.js'

/** Its commands, and the tools by symptom. */
export function renderUmbrellaPage(tools: readonly Tool[], edition: Edition): string {
  const own = Object.entries(subcommands)
  const usage = [
    ...own.map(
      ([name, { words }]) => `${bold(`${UMBRELLA} ${name}`)}${words === '' ? '' : ` ${italic(words)}`}`,
    ),
    `${bold(UMBRELLA)} ${italic('TOOL')} ${italic('…')}`,
  ]
  const commands = own.flatMap(([name, { words, describe, options }]) =>
    entry(`${bold(name)}${words === '' ? '' : ` ${italic(words)}`}`, escaped(describe)).concat(
      '.RS',
      optionEntries(Object.assign({}, options, textOptions)),
      '.RE',
    ),
  )
  const statuses = exitMeanings.map(([status, words]): [number, string] => [
    status,
    status === exit.cannotTrace ? `${words}; of doctor: no tool works here` : words,
  ])
  const lines = [
    titleLine(UMBRELLA, edition),
    ...nameSection(UMBRELLA, umbrellaSummary),
    ...section(
      'SYNOPSIS',
      usage.flatMap((line, index) => (index === 0 ? [line] : ['.br', line])),
    ),
    ...section('COMMANDS', [
      ...commands,
      ...entry(italic('TOOL'), escaped('Runs the tool, as its own command does.')),
    ]),
    ...section(
      'WHICH TOOL',
      findSymptoms(tools, []).flatMap(({ symptom, tool }) =>
        entry(escaped(symptom), `${bold(tool.name)}(1)`),
      ),
    ),
    ...section(
      'EXAMPLES',
      umbrellaExamples.flatMap(([args, does]) => entry(bold(`${UMBRELLA} ${args}`), escaped(does))),
    ),
    ...exitSection(statuses),
    ...seeAlso(tools.map(({ name }) => name)),
  ]
  return joined(lines)
}

function optionEntries(options: OptionRecord): string[] {
  return Object.entries(options).flatMap(([name, option]) =>
    entry(optionTerm(name, option), escaped(option.describe)),
  )
}
