// Several runs of tools beside one workload, in this process: a process of its own costs each of them seconds in a guest.
import { parseCommandLine } from '../cli/parse.js'
import { trace, type Trace } from '../library.js'
import type { EventsTool } from '../shape/events.js'
import { assert } from './suite.js'
import type { HeldWorkload } from './workload.js'

export interface Watched {
  /** Ends it: the rows it has seen. None may be lost. */
  stop(): Promise<WatchedRow[]>
}

export interface WatchedRow {
  pid: number
  ppid?: number
  comm: string
  path?: string
  args?: string[]
  via?: string
  container: string | null
}

/** Starts the tool as its command line with these words would; resolves once it traces. */
export async function watch(tool: EventsTool, words: readonly string[]): Promise<Watched> {
  const request = await parseCommandLine(tool, words, '')
  if (!('run' in request)) throw new Error(`${words.join(' ')} runs nothing`)
  const running = trace(tool, request.run) as Trace<WatchedRow>
  await running.ready
  return {
    stop: async () => {
      running.stop()
      const rows: WatchedRow[] = []
      for await (const row of running) rows.push(row)
      assert.equal(await running.ended, { seen: rows.length, lost: 0 }, words.join(' '))
      return rows
    },
  }
}

/**
 * What the tool sees of a workload, which runs to its end meanwhile; `failure`: why it cannot trace, and the workload was run
 * without it.
 */
export async function traceBeside<R>(
  tool: EventsTool,
  words: readonly string[],
  load: HeldWorkload,
): Promise<{ rows: R[]; lost: number; failure: string }> {
  const request = await parseCommandLine(tool, ['-p', String(load.pid), ...words], '')
  if (!('run' in request)) throw new Error(`${words.join(' ')} runs nothing`)
  const running = trace(tool, request.run) as Trace<R>
  const failure = await running.ready.then(
    () => '',
    (error: unknown) => String(error),
  )
  assert.is((await load.run()).status, 0)
  if (failure !== '') return { rows: [], lost: 0, failure }
  running.stop()
  const rows: R[] = []
  for await (const row of running) rows.push(row)
  return { rows, lost: (await running.ended).lost, failure }
}

/** Starts them one after the other; an error of one ends those before it. */
export async function watchAll(
  runs: readonly (readonly [tool: EventsTool, words: readonly string[]])[],
): Promise<Watched[]> {
  const watched: Watched[] = []
  try {
    for (const [tool, words] of runs) watched.push(await watch(tool, words))
  } catch (error) {
    await stopAll(watched)
    throw error
  }
  return watched
}

/** Ends all of them, in the order in which they were started. */
export async function stopAll(watched: readonly Watched[]): Promise<WatchedRow[][]> {
  const rows: WatchedRow[][] = []
  for (const one of watched) rows.push(await one.stop())
  return rows
}

/** What a command line with these words is answered, where it is refused. */
export async function refusal(tool: EventsTool, words: readonly string[]): Promise<string> {
  try {
    await (await watch(tool, words)).stop()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error(`${words.join(' ')} is not refused`)
}
