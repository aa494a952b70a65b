// One run of a tool: hook, read, write, and say at the end what was seen and what was lost.
import { FOLLOWED } from './cli/follow.js'
import type { SharedValues } from './cli/shared.js'
import type { NativeStream } from './bpf/addon.js'
import { explainFailure } from './bpf/diagnose.js'
import { gatherFacts } from './bpf/facts.js'
import { BpfFailure, readGlobal } from './bpf/object.js'
import { openSession, type Session } from './bpf/session.js'
import { type HeldCommand, holdCommand } from './command.js'
import { exit } from './errors.js'
import { batchWriter, writeHeld } from './events.js'
import type { Host } from './host.js'
import { RowContext } from './show/context.js'
import { hookNotes, renderPlan } from './show/plan.js'
import { jsonRows, textRows } from './show/row.js'
import type { EventsTool } from './tool.js'

/** How long a slow reader of stdout is waited for at the end, in milliseconds. */
const FAREWELL_MS = 1000

/** Runs the tool until its time is up, it is stopped or its command ends. Returns the exit status. */
export async function runEvents(tool: EventsTool, options: SharedValues, host: Host): Promise<number> {
  const command =
    options.exec.length > 0 && !options.dryRun ? await holdCommand(options.exec, host.path) : undefined
  try {
    const session = open(tool, options, host)
    try {
      if (options.dryRun) return await printPlan(session, options, host)
      for (const note of hookNotes(session.choices, session.preemptible))
        if (!options.quiet) host.say(`${tool.name}: ${note}`)
      return await trace(tool, options, host, session, command)
    } finally {
      session.close()
    }
  } finally {
    command?.kill('SIGTERM')
  }
}

function open(tool: EventsTool, options: SharedValues, host: Host): Session {
  try {
    return openSession(tool, options, host.self)
  } catch (failure) {
    if (!(failure instanceof BpfFailure)) throw failure
    if (options.verbose) for (const line of failure.log) host.say(line)
    throw explainFailure(failure, gatherFacts(), host.rerun)
  }
}

async function printPlan(session: Session, options: SharedValues, host: Host): Promise<number> {
  host.sink.write(await renderPlan(session.choices, options.json))
  await host.sink.finish(FAREWELL_MS)
  return exit.done
}

async function trace(
  tool: EventsTool,
  options: SharedValues,
  host: Host,
  session: Session,
  command: HeldCommand | undefined,
): Promise<number> {
  const { sink } = host
  const context = new RowContext(host.epochAtZero)
  const text = textRows(tool.columns, options, context)
  if (!options.json) sink.write(text.header)

  let seen = 0
  let ending = false
  const keep = (tool.keep ?? keepBy)(options)
  const line = options.json ? jsonRows(tool.columns, context) : text.line
  const write = (lines: string, count: number): void => {
    seen += count
    sink.write(lines)
    if (sink.isFull && !ending) {
      stream.pause()
      void sink.drained().then(() => !ending && stream.resume())
    }
  }
  const stream: NativeStream = session.stream(
    tool.stream,
    batchWriter(session, tool.stream, keep, line, write),
  )
  if ((host.isInteractive && !options.quiet) || options.verbose)
    host.say(`${tool.name}: tracing; Ctrl-C ends it`)
  if (command !== undefined) follow(session, command.pid)
  const status = await untilDone(options, host, command?.release())
  ending = true
  session.detach()
  stream.drain()
  stream.close()
  if (tool.held !== undefined) writeHeld(session, tool.stream, tool.held, keep, line, write)
  const unwritten = await sink.finish(FAREWELL_MS)
  const lost = session.lost() + unwritten
  const unfollowed = command === undefined ? 0 : Number(readGlobal(session.object, 'unfollowed'))
  if (unfollowed > 0)
    host.say(`${tool.name}: ${unfollowed} descendants not followed: too many processes at once`)
  if (!options.quiet && !sink.gone) host.say(`${tool.name}: ${seen - unwritten} events, ${lost} lost`)
  return options.strict && lost > 0 ? exit.lost : status
}

/** Which events are kept beyond what the kernel side filters, where the tool does not say so itself. */
function keepBy(options: object): (event: object) => boolean {
  const { name } = options as SharedValues
  return name === undefined ? () => true : (event) => (event as { comm: string }).comm.includes(name)
}

function follow(session: Session, pid: number): void {
  const key = new Uint8Array(Uint32Array.of(pid).buffer)
  session.object.native.update(FOLLOWED, key, Uint8Array.of(1))
}

/** Waits for the first of: stop, the duration, the command's end. Returns the exit status. */
async function untilDone(
  options: SharedValues,
  host: Host,
  commandEnd: Promise<number> | undefined,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const stopped = new Promise<number>((resolve) => {
    const done = (): void => resolve(exit.done)
    if (host.stop.aborted) done()
    host.stop.addEventListener('abort', done, { once: true })
    if (options.duration !== undefined) timer = setTimeout(done, options.duration * 1000)
  })
  try {
    return await (commandEnd === undefined ? stopped : Promise.race([stopped, commandEnd]))
  } finally {
    clearTimeout(timer)
  }
}
