// A report an interval: reads the kernel side's maps, hands the rows over, and at the end says what the whole span means.
import type { OpenedObject } from '../bpf/object.js'
import type { SharedValues } from '../cli/shared.js'
import { type IntervalsTool, viewOf } from '../shape/intervals.js'
import type { RowContext } from '../show/context.js'
import type { Page } from '../show/row.js'
import type { Cell } from '../tool.js'
import type { Gate } from './gate.js'
import { HistogramReporter } from './histograms.js'
import type { ReportOutput } from './output.js'
import type { Outcome, Start } from './run.js'
import { TableReporter } from './table.js'
import { monotonicMs } from '../monotonic.js'

/** What a view makes of the maps. */
export interface Reporter {
  readonly gate: Gate
  /** Events that the rows so far stand for. */
  readonly seen: number
  /** Where it reads from now on. */
  open(object: OpenedObject): void
  /** Before a reading, while everything is still attached: makes the kernel side look at what does not come by itself. */
  refresh(): void
  /** The rows of one report, judged and in order: what was counted since the last. */
  read(): object[]
  /** Those of the whole span; undefined where the view has none. */
  totals(): object[] | undefined
  /** In the form that the options ask for. */
  render(rows: readonly object[], total: boolean): string
  /** A row as JSON has it. */
  values(row: object, total: boolean): Record<string, Cell>
  /** Sentences on the whole span. */
  answer(seconds: number): readonly string[]
}

/** What reports these options ask for. Throws a UsageError on fields and conditions that the tool does not have. */
export function reporterOf(
  tool: IntervalsTool,
  options: SharedValues,
  context: RowContext,
  page?: Page,
): Reporter {
  const view = viewOf(tool, options)
  return view.table === undefined
    ? new HistogramReporter(view.histogram, options, context)
    : new TableReporter(view.table, options, context, page)
}

/** The last report, once nothing is traced any more; `only`: it is of the whole span, as there is no interval. */
export function finishReports(
  reporter: Reporter,
  output: ReportOutput,
  only: boolean,
  seconds: number,
): Outcome {
  const { gate } = reporter
  // The reading may close it: these rows are still wanted then.
  const wasClosed = gate.isClosed
  const rows = wasClosed ? [] : reporter.read()
  const totals = output.takesTotals ? reporter.totals() : undefined
  if (!wasClosed && !(only && totals !== undefined)) output.write(rows, false)
  if (totals !== undefined) output.write(totals, true)
  return {
    seen: reporter.seen,
    answer: () => reporter.answer(seconds),
    verdict: gate.verdict(),
    failed: gate.failed,
  }
}

const A_DAY_MS = 86_400_000

/** Starts the clock of the reports. `onReport` is called after each. */
export function prepareIntervals(
  reporter: Reporter,
  { interval, count }: Pick<SharedValues, 'interval' | 'count'>,
  output: ReportOutput,
  onReport: () => void,
): Start {
  return (source) => {
    reporter.open(source.object)
    const started = monotonicMs()
    let reports = 0
    let timer: NodeJS.Timeout | undefined
    const done = new Promise<void>((resolve) => {
      const tick = (): void => {
        reports++
        // The last one is read when nothing is traced any more, so that nothing comes after it.
        if (reports === count) return resolve()
        // A reader that is behind gets the next report, which covers this one's time as well.
        if (!output.isFull) {
          reporter.refresh()
          output.write(reporter.read(), false)
          onReport()
        }
        wait()
      }
      const wait = (): void => {
        if (interval === undefined) {
          // Nothing else keeps the process alive until it is told to end.
          timer = setInterval(() => {}, A_DAY_MS)
          return
        }
        const next = started + (reports + 1) * interval * 1000
        timer = setTimeout(tick, Math.max(0, next - monotonicMs()))
      }
      wait()
    })
    return {
      done: Promise.race([done, reporter.gate.closed]),
      end: () => {
        clearTimeout(timer)
        reporter.refresh()
        source.detach()
        const seconds = (monotonicMs() - started) / 1000
        const outcome = finishReports(reporter, output, interval === undefined, seconds)
        onReport()
        return outcome
      },
    }
  }
}
