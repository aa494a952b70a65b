// Several runs of tools beside one workload, in this process: a process of its own costs each of them seconds in a guest.
import { parseCommandLine } from '../cli/parse.js'
import { trace, type Trace } from '../library.js'
import type { EventsTool } from '../shape/events.js'
import type { IntervalsTool } from '../shape/intervals.js'
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

/** A tool that traces here. */
export interface Tracing<R> {
  /** Ends it: all its rows, how many events they stand for, and how many were lost. */
  stop(): Promise<{ rows: R[]; seen: number; lost: number }>
}

/**
 * Starts the tool in this process, as its command line with these words would; resolves once it traces. What tests ask of
 * kernels is asked so; what they ask of a command, its streams and its status, startTool is for.
 */
export async function startTrace<R>(
  tool: EventsTool | IntervalsTool,
  words: readonly string[],
): Promise<Tracing<R>> {
  const request = await parseCommandLine(tool, words, '')
  if (!('run' in request)) throw new Error(`${words.join(' ')} runs nothing`)
  const running = trace(tool as EventsTool, request.run) as Trace<R>
  await running.ready
  // Read all along, as many of them as may come.
  const read = (async () => {
    const rows: R[] = []
    for await (const row of running) rows.push(row)
    return rows
  })()
  return {
    stop: async () => {
      running.stop()
      return { rows: await read, ...(await running.ended) }
    },
  }
}

/** Starts the tool; none of its events may be lost. */
export async function watch(tool: EventsTool, words: readonly string[]): Promise<Watched> {
  const tracing = await startTrace<WatchedRow>(tool, words)
  return {
    stop: async () => {
      const { rows, ...end } = await tracing.stop()
      assert.equal(end, { seen: rows.length, lost: 0 }, words.join(' '))
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
  const tracing = await startTrace<R>(tool, ['-p', String(load.pid), ...words]).catch(String)
  assert.is((await load.run()).status, 0)
  if (typeof tracing === 'string') return { rows: [], lost: 0, failure: tracing }
  return { ...(await tracing.stop()), failure: '' }
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
