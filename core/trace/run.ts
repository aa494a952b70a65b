// What every shape's run is to core/run.
import type { Session } from '../bpf/session.js'

/** What a run reads from: a session, or a recording of one. */
export type Source = Pick<Session, 'object' | 'stream' | 'detach'>

/** Begins to write and to read. */
export type Start = (source: Source) => Run

export interface Run {
  /** Resolves when it ends by itself, such as after so many reports. */
  done: Promise<void>
  /** Detaches and writes what is left. */
  end(): Outcome
}

export interface Outcome {
  /** Events shown. */
  seen: number
  /** Sentences about the whole, for the person. */
  answer: () => readonly string[]
  /** What became of --fail-if and --until. */
  verdict: readonly string[]
  /** A row met --fail-if. */
  failed: boolean
}
