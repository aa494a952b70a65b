// --replay: renders a recording again, with other output options, on any machine, without privileges.
import type { OnBatch } from '../bpf/addon.js'
import { flagOf, initialValues, optionsOf } from '../cli/catalog.js'
import { processOptions } from '../cli/filters.js'
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import type { Host } from '../host.js'
import type { EventsTool } from '../shape/events.js'
import type { IntervalsTool } from '../shape/intervals.js'
import { RowContext } from '../show/context.js'
import type { Tool } from '../tool.js'
import { prepareEvents } from '../trace/events.js'
import { finishReports, reporterOf } from '../trace/intervals.js'
import { ReportLines } from '../trace/output.js'
import type { Outcome } from '../trace/run.js'
import { linesOf } from '../trace/sorted.js'
import { decodeBatch, decodeSnapshot, type Snapshot } from './bodies.js'
import { kinds } from './frames.js'
import { Recording } from './recording.js'

/** What only a kernel can do. */
const live = ['exec', 'hook', 'dryRun', 'bufferPages', 'record', 'duration', 'interval'] as const

export interface Replayed extends Outcome {
  /** Undefined where the recording does not say. */
  lost: number | undefined
}

/** Writes what the recording holds. Throws a UsageError on what is no recording of this tool, or on options that came too late. */
export async function replay(tool: Tool, options: SharedValues, host: Host): Promise<Replayed> {
  const recording = new Recording(options.replay ?? '')
  try {
    const { answer, ...outcome } = await replayRecording(tool, options, host, recording)
    const sentences = answer()
    return { ...outcome, answer: () => sentences }
  } catch (error) {
    throw recording.damage(error)
  } finally {
    recording.close()
  }
}

async function replayRecording(
  tool: Tool,
  options: SharedValues,
  host: Host,
  recording: Recording,
): Promise<Replayed> {
  const { header } = recording
  if (header.tool !== tool.name)
    throw new UsageError(
      `--replay: ${recording.name} was recorded by ${header.tool}; run ${header.tool} --replay`,
    )
  const values = mergeOptions(tool, options, recording)
  let now = Date.parse(header.started)
  const context = new RowContext(BigInt(header.epochAtZero), {
    now: () => now,
    recall: (name, key) => recording.recall(name, key),
  })
  const outcome =
    tool.shape === 'events'
      ? await replayEvents(tool, values, host, context, recording)
      : replayReports(tool, values, host, context, recording, (time) => (now = time))
  const { end, isCut } = recording
  if (end === undefined)
    host.say(
      `${tool.name}: ${recording.name} ${isCut ? 'breaks off' : 'was not ended'}: what came after ${header.started} and its last whole part is not known`,
    )
  return { ...outcome, lost: end?.lost }
}

async function replayEvents(
  tool: EventsTool,
  options: SharedValues,
  host: Host,
  context: RowContext,
  recording: Recording,
): Promise<Outcome> {
  let last: Snapshot | undefined
  let onBatch: OnBatch = () => {}
  const output = linesOf(tool.columns, options, context, host.sink, host)
  const run = prepareEvents(
    tool,
    options,
    context,
    output,
  )({
    object: recording.object(() => last),
    stream: (_, callback) => {
      onBatch = callback
      return { drain: () => 0, pause: () => {}, resume: () => {}, close: () => {} }
    },
    detach: () => {},
  })
  let closed = false
  void run.done.then(() => (closed = true))
  const go = async (body: Buffer): Promise<void> => {
    const { bytes, spans, count } = decodeBatch(body)
    onBatch(bytes, spans, count)
    if (output.isFull) await output.drained()
    // Lets signals and a closed gate be noticed.
    await new Promise((resolve) => setImmediate(resolve))
  }
  // What was looked up for a batch follows it.
  let before: Buffer | undefined
  for (const { kind, body } of recording.frames()) {
    if (kind === kinds.maps) last = decodeSnapshot(body)
    if (kind === kinds.look) recording.learn(body)
    if (kind !== kinds.events) continue
    if (before !== undefined) await go(before)
    before = body
    if (closed || host.stop.aborted) break
  }
  if (before !== undefined && !closed && !host.stop.aborted) await go(before)
  return run.end()
}

function replayReports(
  tool: IntervalsTool,
  options: SharedValues,
  host: Host,
  context: RowContext,
  recording: Recording,
  setTime: (time: number) => void,
): Outcome {
  const reporter = reporterOf(tool, options, context, host)
  const output = new ReportLines(reporter, host.sink, options.json, false)
  let current: Snapshot | undefined
  let before: Snapshot | undefined
  reporter.open(recording.object(() => current))
  const go = (snapshot: Snapshot): void => {
    current = snapshot
    setTime(snapshot.time)
  }
  // What was looked up for a report precedes it.
  let looks: Buffer[] = []
  for (const { kind, body } of recording.frames()) {
    if (kind === kinds.look) looks.push(body)
    if (kind !== kinds.maps || reporter.gate.isClosed) continue
    if (before !== undefined) {
      go(before)
      output.write(reporter.read(), false)
    }
    for (const look of looks) recording.learn(look)
    looks = []
    before = decodeSnapshot(body)
  }
  // The writer did not come to its first report.
  if (before === undefined)
    return { seen: 0, answer: () => [], verdict: reporter.gate.verdict(), failed: reporter.gate.failed }
  go(before)
  return finishReports(reporter, output, recording.header.interval === null, recording.end?.seconds ?? 0)
}

/** The tool's own options as recorded, and what is given now over them: unless it is for the kernel to do, who has done its part. */
function mergeOptions(tool: Tool, options: SharedValues, recording: Recording): SharedValues {
  const initial = initialValues(tool)
  const given = Object.entries(options).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(initial[name]) || value instanceof RegExp,
  )
  for (const [name] of given) {
    const isLive =
      (live as readonly string[]).includes(name) ||
      // The name is looked at in user space.
      (name in processOptions && name !== 'name' && name !== 'containers' && !(name in tool.options))
    if (isLive)
      throw new UsageError(
        `${flagName(tool, name)} needs a kernel, and cannot go with --replay (--filter can)`,
      )
  }
  const recorded = Object.entries(recording.header.options).filter(([name]) =>
    Object.hasOwn(tool.options, name),
  )
  const base: Record<string, unknown> = { ...initial, ...Object.fromEntries(recorded) }
  for (const [name, value] of given) {
    const changed = Object.entries(tool.rodata).find(
      ([, constant]) =>
        constant.length > 0 &&
        JSON.stringify(constant(base)) !== JSON.stringify(constant({ ...base, [name]: value })),
    )
    if (changed !== undefined)
      throw new UsageError(
        `${flagName(tool, name)} works in the kernel, and ${recording.name} was recorded without it (--filter works here)`,
      )
  }
  return { ...base, ...Object.fromEntries(given) } as unknown as SharedValues
}

function flagName(tool: Tool, name: string): string {
  const option = optionsOf(tool)[name]
  return option === undefined ? name : flagOf(name, option)
}
