// Where a run's rows go: lines on stdout here, a library's queue in core/library.
import type { Layout } from '../btf/layout.js'
import type { RecordBatch } from '../btf/view.js'
import type { Sink } from '../output/sink.js'
import type { GrowingFormat } from '../show/growing.js'
import type { RowWriter } from '../show/writer.js'
import type { Reporter } from './intervals.js'

/** Takes events a batch at a time, keeping none. */
export interface EventOutput {
  /** @param layout of the events' records */
  begin(layout: Layout): void
  add(batch: RecordBatch): void
  /** No more come. Returns sentences on what was shown. */
  end(): readonly string[]
  /** The reader is behind: no more until `drained`. */
  readonly isFull: boolean
  drained(): Promise<void>
}

/** Characters that are joined before they are written: a string that grows by many pieces is costly to write. */
const CHUNK = 16_384

/** Lines, a batch at a time. */
export class EventLines implements EventOutput {
  readonly #format: GrowingFormat
  readonly #sink: Sink
  #writer: RowWriter | undefined

  constructor(format: GrowingFormat, sink: Sink) {
    this.#format = format
    this.#sink = sink
  }

  begin(layout: Layout): void {
    this.#sink.write(this.#format.header)
    this.#writer = this.#format.writer(layout)
  }

  add(batch: RecordBatch): void {
    if (this.#writer === undefined) this.#addByLine(batch)
    else this.#writer.write(batch, (rows) => this.#sink.write(rows))
  }

  #addByLine(batch: RecordBatch): void {
    let lines = ''
    try {
      batch.each((event) => {
        if (this.#format.grows(event)) lines += this.#format.header
        lines += this.#format.line(event)
        if (lines.length <= CHUNK) return
        this.#sink.write(lines)
        lines = ''
      })
    } finally {
      this.#sink.write(lines)
    }
  }

  end(): readonly string[] {
    return []
  }

  get isFull(): boolean {
    return this.#sink.isFull
  }

  drained(): Promise<void> {
    return this.#sink.drained()
  }
}

/** Takes the rows of whole reports. */
export interface ReportOutput {
  /** `total`: of the whole span. */
  write(rows: readonly object[], total: boolean): void
  /** Whether it takes the rows of the whole span too. */
  readonly takesTotals: boolean
  readonly isFull: boolean
}

/** Moves to the upper left corner and erases the screen: such a report takes the place of the one before. */
const REDRAW = '\x1b[H\x1b[2J'

/** Lines; on a terminal a report may take the place of the one before. */
export class ReportLines implements ReportOutput {
  readonly takesTotals: boolean
  readonly #reporter: Reporter
  readonly #sink: Sink
  readonly #redraws: boolean

  constructor(reporter: Reporter, sink: Sink, takesTotals: boolean, redraws: boolean) {
    this.#reporter = reporter
    this.#sink = sink
    this.takesTotals = takesTotals
    this.#redraws = redraws
  }

  write(rows: readonly object[], total: boolean): void {
    this.#sink.write((this.#redraws ? REDRAW : '') + this.#reporter.render(rows, total))
  }

  get isFull(): boolean {
    return this.#sink.isFull
  }
}
