// What a case is: what one contestant is put through in one round, and what is measured of it.
import type { Contestant } from './contestant.js'

/** By name, as in `metrics`. */
export type Sample = Record<string, number>

/** What is to be reached. */
export interface Target {
  readonly most: number
  /** With whom it is compared; default: the peer with the least. */
  readonly of?: string | 'absolute'
  /** Which contestant of ours; default: snoopkit in its default text. */
  readonly whose?: string
}

export interface Metric {
  readonly name: string
  readonly unit: string
  readonly targets?: readonly Target[]
}

export interface Case {
  readonly name: string
  readonly describe: string
  readonly metrics: readonly Metric[]
  readonly contestants: readonly Contestant[]
  /** Takes long: only where it is named. */
  readonly slow?: true
  /** No more than so many rounds. */
  readonly rounds?: number
  missing?(contestant: Contestant): string | undefined
  /** Throws where it cannot. */
  run(contestant: Contestant): Promise<Sample>
}
