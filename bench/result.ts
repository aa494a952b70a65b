// What the guest tells, a line of JSON each, and what is kept of a run.
import type { Sample } from './case.js'

export type Line =
  | { is: 'machine'; kernel: string; versions: Record<string, string> }
  | { is: 'sample'; case: string; contestant: string; round: number; sample: Sample }
  /** It did not run, or failed in this round. */
  | { is: 'missing'; case: string; contestant: string; why: string }

export interface Results {
  when: string
  machine: string
  kernel: string
  versions: Record<string, string>
  samples: Extract<Line, { is: 'sample' }>[]
  missing: Extract<Line, { is: 'missing' }>[]
}
