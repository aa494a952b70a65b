// What a run needs from the process it runs in; main.ts provides it, and tests can.
import type { Sink } from './output/sink.js'

export interface Host {
  /** The process whose own doings are not reported; 0 for a library, which may well trace itself. */
  self: number
  sink: Sink
  /** Says one line to the person. */
  say(line: string): void
  /** Someone looks at a terminal where `say` goes. */
  isInteractive: boolean
  /** stdout is a terminal. */
  isTerminal: boolean
  /** Rows may be coloured. */
  colour: boolean
  /** Aborted when the run is to end: a signal, or the reader of stdout gone. */
  stop: AbortSignal
  /** Where commands are looked for. */
  path: string
  /** This command line as root would type it. */
  rerun: string
  /** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0. */
  epochAtZero: bigint
}

/** What a command that is no tool needs from the process. */
export interface Edge {
  version: string
  /** Columns of the terminal; 80 where there is none. */
  width(): number
  /** This process. */
  self: number
  /** This command line as root would type it. */
  rerun: string
  /** Writes to stdout. */
  print(text: string): Promise<void>
  /** Says one line to the person. */
  say(line: string): void
}

/** A command of this package, by the file that is its executable, and what it is given. */
export interface Command {
  file: string
  words: readonly string[]
}
