// What can go wrong, by audience: the person who typed the command, or the person who runs the machine.

/** Exit statuses, the same in every tool. */
export const exit = {
  done: 0,
  failIf: 1,
  usage: 2,
  cannotTrace: 3,
  lost: 4,
  /** sysexits.h: a fault of ours. */
  software: 70,
  /** sysexits.h: stdout cannot be written to. */
  output: 74,
} as const

/** What each of them says, for --help and man pages. */
export const exitMeanings: readonly (readonly [status: number, words: string])[] = [
  [exit.done, 'done'],
  [exit.failIf, 'a row met --fail-if'],
  [exit.usage, 'the command line is wrong'],
  [exit.cannotTrace, 'cannot trace here'],
  [exit.lost, 'events were lost and --strict was given'],
  [exit.software, 'a fault of ours'],
  [exit.output, 'stdout cannot be written to'],
]

/** The command line is wrong: one line that says what was wrong and what is accepted. */
export class UsageError extends Error {
  override name = 'UsageError'
  readonly exitCode = exit.usage
}

/** This machine does not allow or cannot do the tracing: what is missing, how that was found out, what mends it. */
export class CannotTraceError extends Error {
  override name = 'CannotTraceError'
  readonly exitCode = exit.cannotTrace
}

/** stdout does not take the rows. */
export class OutputError extends Error {
  override name = 'OutputError'
  readonly exitCode = exit.output
}
