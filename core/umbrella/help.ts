// snoopkit --help, and --help of each of its own commands.
import { type SubcommandName, subcommands, umbrellaExamples } from './subcommands.js'
import { toolNames, UMBRELLA } from './tools.js'
import type { CommandHelp } from '../cli/help.js'
import { textOptions } from '../cli/text-options.js'

export const umbrellaSummary =
  'Ready-made Linux tracing commands: finds the one for a symptom, runs it, says what works here.'

/** The whole, or one command's; yargs is loaded for that alone. */
export async function renderUmbrellaHelp(width: number, only?: SubcommandName): Promise<string> {
  const { renderCommandHelp } = await import('../cli/help.js')
  const help = only === undefined ? helpOfAll() : helpOf(only)
  return `${await renderCommandHelp({ name: UMBRELLA, ...help }, width)}\n`
}

function helpOfAll(): Omit<CommandHelp, 'name'> {
  const commands = Object.entries(subcommands).map(([name, { words, describe }]): [string, string] => [
    `${name} ${words}`.trim(),
    describe,
  ])
  return {
    summary: umbrellaSummary,
    commands: [...commands, ['TOOL …', 'Run a tool, as its own command does']],
    examples: umbrellaExamples,
    options: textOptions,
    epilogue: [`Tools: ${toolNames().join(', ')}`, `More: man ${UMBRELLA}`],
  }
}

function helpOf(name: SubcommandName): Omit<CommandHelp, 'name'> {
  const { words, describe, options } = subcommands[name]
  return {
    summary: `${describe}.\n\nUsage: ${`$0 ${name} [options] ${words}`.trim()}`,
    commands: [],
    examples: umbrellaExamples.filter(([args]) => args.startsWith(name)),
    options: { ...options, ...textOptions },
    epilogue: statusesOf(name),
  }
}

function statusesOf(name: SubcommandName): string[] {
  if (name !== 'doctor') return []
  return ['Exit status: 0 at least one tool works here (what does not is said), 3 none works.']
}
