// The tools for programs: `for await (const event of trace(opensnoop, { pid }))`.
import { openExplained } from './bpf/open.js'
import type { Session } from './bpf/session.js'
import { initialValues } from './cli/catalog.js'
import type { Selection } from './cli/options.js'
import type { SharedValues } from './cli/shared.js'
import { UsageError } from './errors.js'
import { OwnDoings, threadId } from './enrich/own-doings.js'
import { epochAtZero } from './monotonic.js'
import type { EventsTool } from './shape/events.js'
import type { IntervalsTool } from './shape/intervals.js'
import { RowContext } from './show/context.js'
import { valuesOf } from './show/row.js'
import { prepareEvents } from './trace/events.js'
import { prepareIntervals, reporterOf } from './trace/intervals.js'
import type { EventOutput, ReportOutput } from './trace/output.js'
import type { Start } from './trace/run.js'
import { untilOver } from './trace/until.js'

/** So many rows may wait for their reader; beyond them the ring buffer fills up, and the kernel side counts what is lost. */
const MOST_WAITING = 16_384

/** Of all traces in this thread. */
const own = new OwnDoings()

/** Options that have no meaning without a command line. */
type CommandLine =
  | 'exec'
  | 'json'
  | 'csv'
  | 'quiet'
  | 'verbose'
  | 'strict'
  | 'dryRun'
  | 'record'
  | 'replay'
  | 'fields'
  | 'failIf'
  | 'noClear'
  | 'timeFormat'
  | 'user'

/** Of a selection the values alone will do: `{ pid: 411 }`, `{ pid: [411, 412] }`, `{ pid: { only: [], not: [411] } }`. */
type Given<T> = T extends Selection<infer One> ? T | One | readonly One[] : T

/** A tool's options, as its command line has them, by their long names in camelCase. */
export type TraceOptions<O> = { [K in keyof Omit<O, CommandLine>]?: Given<O[K]> } & {
  /** Ends it when aborted; what was seen until then is still handed over. */
  signal?: AbortSignal
}

/** What a trace came to, once it is over. */
export interface TraceEnd {
  /** Events handed over, or counted in reports. */
  seen: number
  /** Events that were made and could not be handed over. */
  lost: number
}

/** A running trace: rows in the order in which they come, until it ends by its options, its signal, or a `break`. */
export interface Trace<Row> extends AsyncIterable<Row> {
  /** Resolves when it is attached: what happens from then on is seen. Rejects with a CannotTraceError where that fails. */
  readonly ready: Promise<void>
  /** Resolves when it is over. */
  readonly ended: Promise<TraceEnd>
  /** Ends it; rows that were seen are still handed over. */
  stop(): void
}

/**
 * Traces with a tool. Rows have the keys and values of `--json`, except that times are text and 64-bit numbers may be
 * bigint. It attaches at once; several may run in one process. Throws a UsageError on options that do not fit.
 */
export function trace<Row extends object, O extends object>(
  tool: EventsTool<Row, O> | IntervalsTool<Row, O>,
  { signal, ...options }: TraceOptions<O> = {},
): Trace<Row> {
  const initial = initialValues(tool)
  const given = Object.entries(options).map(([name, value]) => [
    name,
    isSelection(initial[name]) ? select(value) : value,
  ])
  const values = { ...initial, ...Object.fromEntries(given) } as unknown as SharedValues
  const queue = new RowQueue<Row>()
  const context = new RowContext(epochAtZero(), { around: (look) => own.during(look) })
  const start = prepare(tool, values, context, queue)
  // A program may well trace itself: no process is left out, only what is done here.
  const open = (): Session => openExplained(tool, values, 0, 'this program with sudo', () => {})
  return new RunningTrace(queue, start, open, values, signal)
}

function isSelection(value: unknown): value is Selection<unknown> {
  return typeof value === 'object' && value !== null && 'only' in value && 'not' in value
}

function select(value: unknown): Selection<unknown> {
  if (isSelection(value)) return value
  return { only: Array.isArray(value) ? value : [value], not: [] }
}

/** In a PID namespace of its own /proc has other numbers than events: nothing is left out there. */
function isOwn(event: object): boolean {
  const { tid, time } = event as { tid?: number; time?: number }
  return tid === threadId() && time !== undefined && own.wasAt(time)
}

function prepare(
  tool: EventsTool | IntervalsTool,
  values: SharedValues,
  context: RowContext,
  queue: RowQueue<object>,
): Start {
  if (tool.shape === 'events') {
    if (values.sort.length > 0 || values.rows !== undefined)
      throw new UsageError('sort and rows are for reports: rows of events come as they happen')
    const rowOf = valuesOf(tool.columns, context)
    const output: EventOutput = {
      begin: () => {},
      add: (batch) => batch.each((event) => queue.push(rowOf(event))),
      end: () => [],
      get isFull() {
        return queue.isFull
      },
      drained: () => queue.drained(),
    }
    return prepareEvents(tool, values, context, output, isOwn)
  }
  const reporter = reporterOf(tool, values, context)
  const output: ReportOutput = {
    write: (rows, total) => rows.forEach((row) => queue.push(reporter.values(row, total))),
    takesTotals: true,
    get isFull() {
      return queue.isFull
    },
  }
  return prepareIntervals(reporter, values, output, () => {})
}

class RunningTrace<Row> implements Trace<Row> {
  readonly ready: Promise<void>
  readonly ended: Promise<TraceEnd>
  readonly #queue: RowQueue<Row>
  readonly #stopping = new AbortController()

  constructor(
    queue: RowQueue<Row>,
    start: Start,
    openOne: () => Session,
    { duration }: SharedValues,
    signal?: AbortSignal,
  ) {
    this.#queue = queue
    if (signal?.aborted) this.stop()
    else signal?.addEventListener('abort', () => this.stop(), { once: true })
    let isReady: () => void = () => {}
    let isNot: (error: unknown) => void = () => {}
    this.ready = new Promise((resolve, reject) => ([isReady, isNot] = [resolve, reject]))
    // Whoever awaits the rows or the end learns of it too.
    this.ready.catch(() => {})
    this.ended = this.#run(openOne, start, duration, isReady).catch((error: unknown) => {
      isNot(error)
      queue.fail(error)
      throw error
    })
    this.ended.catch(() => {})
  }

  stop(): void {
    this.#stopping.abort()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row> {
    try {
      yield* this.#queue
    } finally {
      this.stop()
      this.#queue.close()
      await this.ended.catch(() => {})
    }
  }

  async #run(
    openOne: () => Session,
    start: Start,
    duration: number | undefined,
    isReady: () => void,
  ): Promise<TraceEnd> {
    const session = own.during(openOne)
    try {
      const run = own.during(() => start(session))
      isReady()
      await untilOver(this.#stopping.signal, duration, run.done)
      const { seen } = run.end()
      return { seen, lost: session.lost() }
    } finally {
      own.during(() => session.close())
      this.#queue.end()
    }
  }
}

/** Rows that wait for their reader. */
class RowQueue<Row> implements AsyncIterable<Row> {
  #rows: Row[] = []
  #ended = false
  #error: { error: unknown } | undefined
  #wake: () => void = () => {}
  #drained: (() => void)[] = []

  get isFull(): boolean {
    return this.#rows.length >= MOST_WAITING
  }

  push(row: unknown): void {
    this.#rows.push(row as Row)
    this.#wake()
  }

  drained(): Promise<void> {
    return this.isFull ? new Promise((resolve) => this.#drained.push(resolve)) : Promise.resolve()
  }

  /** No further rows come. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  fail(error: unknown): void {
    this.#error = { error }
    this.end()
  }

  /** Nobody reads any more. */
  close(): void {
    this.#rows = []
    this.#release()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row> {
    for (;;) {
      const rows = this.#rows
      this.#rows = []
      this.#release()
      yield* rows
      if (this.#rows.length > 0) continue
      if (this.#error !== undefined) throw this.#error.error
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #release(): void {
    for (const resolve of this.#drained.splice(0)) resolve()
  }
}
