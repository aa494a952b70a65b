// What failed is said once more at the end: of a log of an hour, that is what is read, or all that was kept.

/** Lines kept of one failure: its name, the message, the difference and the innermost frames. */
const LINES_EACH = 16
/** Failures beyond these mostly have the same cause. */
const MOST = 20

/** Keeps the failures among the lines that test runs print. */
export class Failures {
  readonly #kept: string[][] = []
  /** The failure that each run is amid: two guests print by turns. */
  readonly #amid = new Map<string, string[]>()

  /** Looks at a line that a run, such as a kernel's, printed. */
  look(run: string, line: string): void {
    const isTest = / FAIL .*"/.test(line)
    if (isTest || /: \d+ passed, [1-9]\d* failed/.test(line) || /\bended (after|by) /.test(line)) {
      const lines: string[] = [`${run.padEnd(6)} ${line.trimEnd()}`]
      this.#kept.push(lines)
      if (isTest) this.#amid.set(run, lines)
      else this.#amid.delete(run)
      return
    }
    const lines = this.#amid.get(run)
    if (lines === undefined) return
    if (line.trim() !== '') lines.push(`${run.padEnd(6)} ${line.trimEnd()}`)
    if (lines.length >= LINES_EACH || /^\s*Total:/.test(line)) this.#amid.delete(run)
  }

  /** The failures in the order in which they came; an empty text if there were none. */
  report(): string {
    const blocks = this.#kept.slice(0, MOST).map((lines) => lines.join('\n'))
    const left = this.#kept.length - blocks.length
    if (left > 0) blocks.push(`and ${left} more`)
    return blocks.length > 0 ? ['what failed:', ...blocks].join('\n') : ''
  }
}
