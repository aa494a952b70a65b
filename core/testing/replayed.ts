// Replays a recording within the test, as the command line would.
import { initialValues } from '../cli/catalog.js'
import { parseCommandLine } from '../cli/parse.js'
import type { SharedValues } from '../cli/shared.js'
import type { Host } from '../host.js'
import { runTool } from '../run.js'
import type { Tool } from '../tool.js'

export interface ReplayedRun {
  status: number
  stdout: string
  said: string[]
}

/** Where a replay writes and speaks to, in place of a process. */
export function replayHost(): { host: Host; said: string[]; stdout: () => string } {
  let written = ''
  const said: string[] = []
  const sink = {
    write: (more: string | Uint8Array) => (written += Buffer.from(more as Uint8Array).toString()),
    isFull: false,
    gone: false,
    drained: () => Promise.resolve(),
    finish: () => Promise.resolve(0),
  }
  const host = {
    self: 0,
    sink,
    say: (line: string) => said.push(line),
    isInteractive: false,
    isTerminal: false,
    colour: false,
    stop: new AbortController().signal,
    epochAtZero: 0n,
  }
  return { host: host as unknown as Host, said, stdout: () => written }
}

/** `words`: the command line after --replay FILE. Throws what the command would say and end with. */
export async function replayed(
  tool: Tool,
  path: string,
  words: readonly string[] = [],
  given: Record<string, unknown> = {},
): Promise<ReplayedRun> {
  const request = await parseCommandLine(tool, ['--replay', path, ...words], '0')
  const options = { ...initialValues(tool), ...('run' in request && request.run), ...given }
  const { host, said, stdout } = replayHost()
  const status = await runTool(tool, options as unknown as SharedValues, host)
  return { status, stdout: stdout(), said }
}
