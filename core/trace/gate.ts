// What a row has to pass, and what it decides: --filter, --fail-if, --until and --count.
import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import { compileCondition, type Condition } from '../expression/compile.js'
import type { RowContext } from '../show/context.js'
import { jsonRows } from '../show/row.js'
import type { Columns } from '../tool.js'

export type GateOptions = Pick<SharedValues, 'filter' | 'failIf' | 'until' | 'count'>

export class Gate {
  /** Resolves when no further row is wanted. */
  readonly closed: Promise<void>
  readonly #options: GateOptions
  readonly #filter: Condition | undefined
  readonly #failIf: Condition | undefined
  readonly #until: Condition | undefined
  readonly #columns: Columns
  readonly #context: RowContext
  readonly #most: number
  #close: () => void = () => {}
  #isClosed = false
  #admitted = 0
  #failed = 0
  #evidence = ''

  /** `most`: so many rows and no more. Throws a UsageError on a condition that is none of these columns. */
  constructor(columns: Columns, options: GateOptions, context: RowContext, most = Infinity) {
    const compile = (flag: string, text: string | undefined): Condition | undefined =>
      text === undefined ? undefined : compileFor(flag, text, columns, context)
    this.#options = options
    this.#filter = compile('--filter', options.filter)
    this.#failIf = compile('--fail-if', options.failIf)
    this.#until = compile('--until', options.until)
    this.#columns = columns
    this.#context = context
    this.#most = most
    this.closed = new Promise((resolve) => (this.#close = resolve))
  }

  /** Whether it admits each row and decides nothing. */
  get isOpen(): boolean {
    const { filter, failIf, until } = this.#options
    return filter === undefined && failIf === undefined && until === undefined && this.#most === Infinity
  }

  /** Whether no further row is wanted. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether a row met --fail-if. */
  get failed(): boolean {
    return this.#failed > 0
  }

  /** Whether the row is to be shown; judges it if so. */
  admits(row: object): boolean {
    if (this.#isClosed || !this.passes(row)) return false
    this.#admitted++
    if (this.#failIf?.(row)) {
      if (this.#failed === 0)
        this.#evidence = jsonRows(Object.entries(this.#columns), this.#context)(row).trimEnd()
      this.#failed++
    }
    if (this.#admitted >= this.#most || this.#until?.(row)) {
      this.#isClosed = true
      this.#close()
    }
    return true
  }

  /** Whether the row passes --filter, without judging it. */
  passes(row: object): boolean {
    return this.#filter?.(row) ?? true
  }

  /** What is to be said of the conditions at the end. */
  verdict(): string[] {
    const { failIf, until } = this.#options
    return [
      ...(this.#failed > 0
        ? [`--fail-if ${JSON.stringify(failIf)} was met ${times(this.#failed)}, first by ${this.#evidence}`]
        : []),
      ...(until !== undefined && !this.#isClosed ? [`--until ${JSON.stringify(until)} was not met`] : []),
    ]
  }
}

function compileFor(flag: string, text: string, columns: Columns, context: RowContext): Condition {
  try {
    return compileCondition(text, columns, context)
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${flag} ${JSON.stringify(text)}: ${error.message}`)
    throw error
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
