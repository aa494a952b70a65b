// Where a run's rows go: lines on stdout here, a library's queue in core/library.
import type { Layout } from '../btf/layout.js'
import type { RecordView } from '../btf/view.js'
import { Bytes } from '../output/bytes.js'
import type { Sink } from '../output/sink.js'
import type { GrowingFormat } from '../show/growing.js'
import type { RowWriter } from '../show/writer.js'
import type { Reporter } from './intervals.js'

/** Takes events one by one, keeping none, and a word when there are no more for now. */
export interface EventOutput {
  /** @param layout of the events' records */
  begin(layout: Layout): void
  add(event: RecordView): void
  flush(): void
  /** No more come. Returns sentences on what was shown. */
  end(): readonly string[]
  /** The reader is behind: no more until `drained`. */
  readonly isFull: boolean
  drained(): Promise<void>
}

/** Bytes that are joined before they are written. */
const CHUNK = 16_384
/** Beyond that a row has room. */
const ROOM = 2 * CHUNK

/** Lines, a batch at a time. */
export class EventLines implements EventOutput {
  readonly #format: GrowingFormat
  readonly #sink: Sink
  readonly #lines = new Bytes(ROOM)
  #layout: Layout | undefined
  #write: RowWriter = () => {}

  constructor(format: GrowingFormat, sink: Sink) {
    this.#format = format
    this.#sink = sink
  }

  begin(layout: Layout): void {
    this.#sink.write(this.#format.header)
    this.#layout = layout
    this.#write = this.#format.writer(layout)
  }

  add(event: RecordView): void {
    if (this.#format.grows(event)) {
      this.#lines.text(this.#format.header)
      this.#write = this.#format.writer(this.#layout as Layout)
    }
    this.#write(event, this.#lines)
    if (this.#lines.length > CHUNK) this.flush()
  }

  flush(): void {
    this.#sink.write(this.#lines.all)
    this.#lines.clear()
  }

  end(): readonly string[] {
    this.flush()
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
