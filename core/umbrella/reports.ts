// What snoopkit doctor says about each tool: whether it works here, through which hooks, and what it does not see.
import type { Examination } from '../bpf/examine.js'
import type { Skips } from '../bpf/skips.js'
import { failureWords, hookNotes } from '../show/plan.js'
import { exit } from '../errors.js'

export interface ToolReport {
  tool: string
  /** null: it takes capabilities to tell. */
  works: boolean | null
  why: string | null
  /** What it does not see here, though elsewhere it would. */
  notes: readonly string[]
  hooks: readonly {
    hook: string
    sees: string
    /** Whether the tool runs without it. */
    dispensable: boolean
    /** The variant that is used. */
    variant: string | null
    variants: readonly { variant: string; works: boolean; error: string | null }[]
  }[]
}

/** From what was tried. `why`: the failure in words. */
export function reportOf(
  tool: string,
  { hooks, failure }: Examination,
  skips: Skips,
  why: string | null,
): ToolReport {
  const choices = hooks.map(({ hook, chosen }) => ({ hook, variant: chosen, failed: [] }))
  return {
    tool,
    works: failure === undefined,
    why,
    notes: failure === undefined ? hookNotes(choices, skips).map(withoutHint) : [],
    hooks: hooks.map(({ hook, dispensable, outcomes, chosen }) => ({
      hook: hook.name,
      sees: hook.sees,
      dispensable,
      variant: chosen?.name ?? null,
      variants: outcomes.map(({ variant, failure: failed }) => ({
        variant: variant.name,
        works: failed === undefined,
        error: failed === undefined ? null : failureWords(failed),
      })),
    })),
  }
}

/** For a process that may not try: nothing can be told. */
export function unknownReport(tool: string, why: string): ToolReport {
  return { tool, works: null, why, notes: [], hooks: [] }
}

/** 0 while at least one tool works here, else that of a tool that cannot trace. */
export function statusOf(reports: readonly ToolReport[]): number {
  return reports.some(({ works }) => works === true) ? exit.done : exit.cannotTrace
}

/** Rows of a table: tool, hook, variant, outcome; what is the same as above is left out. */
export function reportRows(reports: readonly ToolReport[]): string[][] {
  return reports.flatMap(({ tool, hooks }) =>
    hooks.flatMap(({ hook, sees, variant: chosen, variants }, hookIndex) =>
      variants.map(({ variant, works, error }, index) => [
        hookIndex === 0 && index === 0 ? tool : '',
        index === 0 ? hook : '',
        variant,
        error ?? (variant === chosen ? `used, for ${sees}` : works ? 'works' : ''),
      ]),
    ),
  )
}

/** One sentence a tool that needs one, and one over all. */
export function reportSentences(reports: readonly ToolReport[]): string[] {
  const working = reports.filter(({ works }) => works === true)
  const first = reports.find(({ works }) => works === null)
  if (first !== undefined)
    return [`Which of ${reports.map(({ tool }) => tool).join(', ')} work here cannot be told: ${first.why}`]
  return [
    ...reports.flatMap(({ tool, works, why, notes }) => [
      ...(works === false ? [`${tool} does not work here: ${why}`] : []),
      ...notes.map((note) => `${tool}: ${note}`),
    ]),
    `${working.length} of ${reports.length} tools work here.`,
  ]
}

/** --dry-run would say less than what stands beside it. */
function withoutHint(note: string): string {
  return note.replace(' (--dry-run says why)', '')
}
