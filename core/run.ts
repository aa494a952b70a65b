// One run of a tool: hook, trace, and say at the end what was seen and what was lost.
import { filterNotes, followOwn } from './bpf/filters.js'
import { selects } from './cli/options.js'
import type { SharedValues } from './cli/shared.js'
import { readGlobal } from './bpf/object.js'
import { openExplained } from './bpf/open.js'
import type { Session } from './bpf/session.js'
import { readSettings } from './bpf/settings.js'
import type { Capability } from './bpf/capabilities.js'
import type { HeldCommand } from './command.js'
import { exit, UsageError } from './errors.js'
import { severalContainers } from './enrich/containers.js'
import type { Host } from './host.js'
import { checkUser, giveUpPrivileges, missingToLook, neededToLook } from './privileges.js'
import type { Recorder } from './record/recorder.js'
import { escapeText } from './show/escape.js'
import { isText } from './show/choice.js'
import { RowContext } from './show/context.js'
import { StatusLine } from './output/status.js'
import { hookNotes, renderPlan, switchNotes } from './show/plan.js'
import { type IntervalsTool, viewOf } from './shape/intervals.js'
import type { Tool } from './tool.js'
import { prepareEvents } from './trace/events.js'
import { prepareIntervals, reporterOf } from './trace/intervals.js'
import { ReportLines } from './trace/output.js'
import type { Outcome, Start } from './trace/run.js'
import { linesOf } from './trace/sorted.js'
import { untilOver } from './trace/until.js'
import { monotonicMs } from './monotonic.js'

/** How long a slow reader of stdout is waited for at the end, in milliseconds. */
const FAREWELL_MS = 1000

/** Runs the tool until its time is up, it is stopped or its command ends. Returns the exit status. */
export async function runTool(tool: Tool, options: SharedValues, host: Host): Promise<number> {
  if (options.json && options.csv) throw new UsageError('--json and --csv exclude each other')
  if (options.replay !== undefined) {
    const { replay } = await import('./record/replay.js')
    const { lost, ...outcome } = await replay(tool, options, host)
    return await conclude(tool, options, host, outcome, lost, exit.done)
  }
  const prepared = prepare(tool, withContainers(tool, options), host)
  checkUser(options.user, host.rerun)
  const command = options.exec.length > 0 && !options.dryRun ? await hold(options.exec, host.path) : undefined
  try {
    const session = open(tool, options, host)
    try {
      if (options.dryRun) return await printPlan(session, options, host)
      const { choices, skips } = session
      const notes = [...hookNotes(choices, skips), ...switchNotes(choices, readSettings())]
      if (tool.filters !== 'none') notes.push(...filterNotes())
      notes.push(...unknownNotes(missingToLook(prepared.needs)))
      for (const note of notes) if (!options.quiet) host.say(`${tool.name}: ${note}`)
      return await trace(tool, options, host, session, command, prepared)
    } finally {
      session.close()
    }
  } finally {
    command?.kill('SIGTERM')
  }
}

// What most runs do without is loaded where it is needed: processes and compression cost Node a tenth of the start.
async function hold(words: readonly string[], path: string): Promise<HeldCommand> {
  return await (await import('./command.js')).holdCommand(words, path)
}

/** What will be missing from the rows of a process that may not look everywhere. */
function unknownNotes(missing: readonly Capability[]): string[] {
  if (missing.length === 0) return []
  return [`what is other users' may stay unknown: that takes ${missing.join(' and ')}, not held here`]
}

/** The container is shown where it tells rows apart: where it is asked for, or more than one runs. */
function withContainers(tool: Tool, options: SharedValues): SharedValues {
  const filters = tool.filters !== 'none'
  const takes = filters || 'containers' in tool.options
  if (!takes || options.containers || !isText(options)) return options
  return { ...options, containers: (filters && selects(options.container)) || severalContainers() }
}

interface Prepared {
  start: Start
  /** To look at other users' processes while it traces. */
  needs: readonly Capability[]
  /** Filled in once the recording is begun. */
  recording: { recorder?: Recorder }
}

/** Finds what is wrong with the options before anything is loaded or started. */
function prepare(tool: Tool, options: SharedValues, host: Host): Prepared {
  const { sink } = host
  const recording: Prepared['recording'] = {}
  // On a terminal the container may become a column.
  const containers = options.containers || (host.isTerminal && isText(options))
  const needs = neededToLook(tool, { ...options, containers })
  const context = new RowContext(host.epochAtZero, {
    onLook: (name, key, value) => recording.recorder?.look({ name, key, value }),
  })
  if (tool.shape === 'events') {
    const output = linesOf(tool.columns, options, context, sink, host)
    return { start: prepareEvents(tool, options, context, output), needs, recording }
  }
  const reporter = reporterOf(tool, options, context, host)
  const output = new ReportLines(reporter, sink, options.json, redraws(tool, options, host))
  const onReport = (): void => recording.recorder?.endReport(context.reportMoment)
  return { start: prepareIntervals(reporter, options, output, onReport), needs, recording }
}

/** Whether a report takes the place of the one before. */
function redraws(tool: IntervalsTool, options: SharedValues, { isTerminal }: Host): boolean {
  if (!isTerminal || !isText(options) || options.noClear || options.interval === undefined) return false
  return viewOf(tool, options).table?.redraw === true
}

function open(tool: Tool, options: SharedValues, host: Host): Session {
  return openExplained(tool, options, host.self, host.rerun, (line) => options.verbose && host.say(line))
}

async function printPlan(session: Session, options: SharedValues, host: Host): Promise<number> {
  host.sink.write(await renderPlan(session.choices, options.json))
  await host.sink.finish(FAREWELL_MS)
  return exit.done
}

async function trace(
  tool: Tool,
  options: SharedValues,
  host: Host,
  session: Session,
  command: HeldCommand | undefined,
  prepared: Prepared,
): Promise<number> {
  const recorder =
    options.record === undefined
      ? undefined
      : (await import('./record/start.js')).startRecording(tool, options, host, session)
  if (recorder !== undefined) prepared.recording.recorder = recorder
  const started = monotonicMs()
  const run = prepared.start(session)
  if (command !== undefined) followOwn(session.object, command.pid)
  giveUpPrivileges(prepared.needs, options)
  const talks = host.isInteractive && !options.quiet
  if (talks || options.verbose) host.say(`${tool.name}: tracing; Ctrl-C ends it`)
  const waiting = talks
    ? new StatusLine(2, (seconds) => `${tool.name}: tracing for ${seconds} s; Ctrl-C ends it`)
    : undefined
  host.sink.beforeWrite = () => waiting?.clear()
  const over = untilOver(host.stop, options.duration, run.done).then(() => exit.done)
  const status = await (command === undefined ? over : Promise.race([over, command.release()]))
  waiting?.close()
  const outcome = run.end()
  const lost = session.lost()
  recorder?.endReport(Date.now())
  recorder?.end({ lost, seconds: (monotonicMs() - started) / 1000 })
  const unfollowed =
    command === undefined && !options.follow ? 0 : Number(readGlobal(session.object, 'unfollowed'))
  if (unfollowed > 0)
    host.say(`${tool.name}: ${unfollowed} descendants not followed: too many processes at once`)
  return await conclude(tool, options, host, outcome, lost, status)
}

/** Waits for the reader of stdout, says how it ended, and returns the exit status. `lost`: undefined if nobody knows. */
async function conclude(
  tool: Tool,
  options: SharedValues,
  host: Host,
  { seen, answer, verdict, failed }: Outcome,
  lost: number | undefined,
  status: number,
): Promise<number> {
  const unwritten = await host.sink.finish(FAREWELL_MS)
  const uncounted = tool.shape === 'events' ? unwritten : 0
  const allLost = lost === undefined ? undefined : lost + uncounted
  if (!options.quiet && !host.sink.gone) {
    // Sentences name processes, whose names are anybody's.
    for (const sentence of [...answer().map(escapeText), ...verdict]) host.say(`${tool.name}: ${sentence}`)
    host.say(`${tool.name}: ${seen - uncounted} events, ${allLost ?? 'an unknown number'} lost`)
  }
  if (failed) return exit.failIf
  return options.strict && allLost !== 0 ? exit.lost : status
}
