// What the guest tells, a line of JSON each, and what is kept of a run.
import { isDeepStrictEqual } from 'node:util'
import type { Sample } from './case.js'

export type Line =
  | { is: 'machine'; kernel: string; versions: Record<string, string> }
  | { is: 'sample'; case: string; contestant: string; round: number; sample: Sample }
  /** It did not run, or failed in this round. */
  | { is: 'missing'; case: string; contestant: string; why: string }

/** Of one kernel. A case is measured in one run; the cases may come from several. */
export interface Results {
  machine: string
  kernel: string
  versions: Record<string, string>
  /** The day when each case was measured. */
  when: Record<string, string>
  samples: Extract<Line, { is: 'sample' }>[]
  missing: Extract<Line, { is: 'missing' }>[]
}

/** What is kept of earlier results beside a run of these cases: nothing of another machine, kernel or version. */
export function keptOf(
  earlier: Results | undefined,
  now: Pick<Results, 'machine' | 'kernel' | 'versions'>,
  measured: ReadonlySet<string>,
): Pick<Results, 'when' | 'samples' | 'missing'> {
  const same =
    earlier !== undefined &&
    isDeepStrictEqual(
      [earlier.machine, earlier.kernel, earlier.versions],
      [now.machine, now.kernel, now.versions],
    )
  if (!same) return { when: {}, samples: [], missing: [] }
  return {
    when: Object.fromEntries(Object.entries(earlier.when).filter(([name]) => !measured.has(name))),
    samples: earlier.samples.filter((line) => !measured.has(line.case)),
    missing: earlier.missing.filter((line) => !measured.has(line.case)),
  }
}
