// What is said to the person: always on stderr, never in the way of the data.
import { writeSync } from 'node:fs'

/** Writes a line to stderr; a stderr that is gone or full is not worth failing for. */
export function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {
    // nobody is listening
  }
}
