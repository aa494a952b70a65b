// What failed is said once more at the end: of a log of an hour, that is what is read, or all that was kept.

/** Lines kept of one failure: its name, the message, the difference and the innermost frames. */
const LINES_EACH = 16
/** Of a guest that crashed: the end of its console, with the kernel's trace. */
export const LINES_OF_CRASH = 120
/** Failures beyond these mostly have the same cause. */
const MOST = 20

/** Keeps the failures among the lines that test runs print. */
export class Failures {
  readonly #kept: string[][] = []
  /** The failure that each run is amid: two guests print by turns. */
  readonly #amid = new Map<string, { lines: string[]; most: number }>()

  /** Looks at a line that a run, such as a kernel's, printed. */
  look(run: string, line: string): void {
    const most = linesAfter(line)
    if (most !== undefined) {
      const lines = [`${run.padEnd(6)} ${line.trimEnd()}`]
      this.#kept.push(lines)
      if (most > 1) this.#amid.set(run, { lines, most })
      else this.#amid.delete(run)
      return
    }
    const amid = this.#amid.get(run)
    if (amid === undefined) return
    const { lines } = amid
    if (line.trim() !== '') lines.push(`${run.padEnd(6)} ${line.trimEnd()}`)
    if (lines.length >= amid.most || /^\s*Total:/.test(line)) this.#amid.delete(run)
  }

  /** The failures in the order in which they came; an empty text if there were none. */
  report(): string {
    const blocks = this.#kept.slice(0, MOST).map((lines) => lines.join('\n'))
    const left = this.#kept.length - blocks.length
    if (left > 0) blocks.push(`and ${left} more`)
    return blocks.length > 0 ? ['what failed:', ...blocks].join('\n') : ''
  }
}

/** How many lines from this one on belong to the failure it tells of; undefined: it tells of none. */
function linesAfter(line: string): number | undefined {
  if (/the guest crashed/.test(line)) return LINES_OF_CRASH
  if (/ FAIL .*"/.test(line)) return LINES_EACH
  return /: \d+ passed, [1-9]\d* failed/.test(line) || /\bended (after|by) |the guest said nothing/.test(line)
    ? 1
    : undefined
}
