// Which tools there are: the commands built beside the umbrella's own. No list of them is kept by hand.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../root.js'
import type { Tool } from '../tool.js'

/** The umbrella's own command. */
export const UMBRELLA = 'snoopkit'

const folder = (): URL => new URL('dist/bin/', packageRoot())

/** Names of the tools, in alphabetical order. */
export function toolNames(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -'.js'.length))
    .filter((name) => name !== UMBRELLA)
    .toSorted()
}

/** The tool's executable. */
export function fileOf(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, folder()))
}

/** The declaration in a tool's bundle; loading it runs nothing. */
export function loadTool(name: string): Tool {
  const module = createRequire(folder())(fileOf(name)) as Record<string, Tool>
  const tool = Object.values(module).find((value) => value.name === name)
  if (tool === undefined) throw new Error(`dist/bin/${name}.js exports no tool of that name`)
  return tool
}

/** All of them. */
export function loadTools(): Tool[] {
  return toolNames().map(loadTool)
}
