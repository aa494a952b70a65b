// snoopkit WORD …: one of the umbrella's own commands, or a tool.
import { didYouMean } from '../cli/closest.js'
import { describeUnknown } from '../cli/unknown.js'
import { exit, UsageError } from '../errors.js'
import type { Command, Edge } from '../host.js'
import { renderUmbrellaHelp } from './help.js'
import { findSymptoms, listJson, renderList } from './list.js'
import { shells, type SubcommandName, subcommands } from './subcommands.js'
import { fileOf, loadTool, loadTools, toolNames, UMBRELLA } from './tools.js'
import { textOptions } from '../cli/text-options.js'

/** Runs what the words ask for. Returns the exit status, or the tool that is to run; throws a UsageError on words that mean nothing. */
export async function runUmbrella(words: readonly string[], edge: Edge): Promise<number | Command> {
  const [name = '--help', ...rest] = words
  if (['-V', '--version'].includes(name)) return await printed(edge, `${edge.version}\n`)
  if (['-h', '--help', 'help'].includes(name))
    return await printed(edge, await renderUmbrellaHelp(edge.width()))
  if (name.startsWith('-')) throw new UsageError(describeUnknown(name, textOptions))
  if (isSubcommand(name)) return await runSubcommand(name, rest, edge)
  return { file: fileOf(requireTool(name)), words: rest }
}

/** The name, if there is such a tool. */
function requireTool(name: string): string {
  const tools = toolNames()
  if (tools.includes(name)) return name
  const meant = didYouMean(name, [...tools, ...Object.keys(subcommands)])
  throw new UsageError(
    `there is no tool or command ${JSON.stringify(name)}${meant || ';'} ${UMBRELLA} list shows the tools`,
  )
}

async function runSubcommand(name: SubcommandName, words: readonly string[], edge: Edge): Promise<number> {
  const flags = new Set(words.filter((word) => word.startsWith('-')))
  const places = words.filter((word) => !word.startsWith('-'))
  if (flags.has('-h') || flags.has('--help'))
    return await printed(edge, await renderUmbrellaHelp(edge.width(), name))
  const options = { ...subcommands[name].options, ...textOptions }
  const unknown = [...flags].find((flag) => !Object.keys(options).includes(flag.replace(/^--/, '')))
  if (unknown !== undefined) throw new UsageError(describeUnknown(unknown, options))
  const json = flags.has('--json')
  if (name === 'list') {
    const found = findSymptoms(loadTools(), places)
    return await printed(edge, json ? listJson(found) : await renderList(found, edge.width()))
  }
  if (name === 'completion') return await printed(edge, await renderCompletion(places))
  if (name === 'btf-min') {
    const { runBtfMin } = await import('./btf-min.js')
    runBtfMin(places)
    return exit.done
  }
  const tools = places.length === 0 ? loadTools() : places.map(requireTool).map(loadTool)
  const { runDoctor } = await import('./doctor.js')
  return await runDoctor(tools, json, edge)
}

async function renderCompletion(words: readonly string[]): Promise<string> {
  const shell = shells.find((known) => known === words[0])
  if (shell === undefined || words.length > 1) {
    const given = words.length === 0 ? 'nothing' : JSON.stringify(words.join(' '))
    throw new UsageError(`completion takes a shell, one of ${shells.join(', ')}, not ${given}`)
  }
  const { completionScript } = await import('../completion/script.js')
  return completionScript(shell, loadTools())
}

function isSubcommand(name: string): name is SubcommandName {
  return Object.hasOwn(subcommands, name)
}

async function printed(edge: Edge, text: string): Promise<number> {
  await edge.print(text)
  return exit.done
}
