// What was hooked and why: --dry-run, and the notes on what is not seen here.
import type { Choice } from '../bpf/hooks.js'
import { describeErrno } from '../errno.js'

/** One JSON object a line and hook, or a table for people; cli-table3 is loaded for that alone. */
export async function renderPlan(choices: readonly Choice[], json: boolean): Promise<string> {
  if (json) return choices.map((choice) => `${JSON.stringify(planOf(choice))}\n`).join('')
  const { default: Table } = await import('cli-table3')
  const table = new Table({
    head: ['HOOK', 'VARIANT', 'SEES', 'WHY'],
    chars: noLines,
    style: plain,
    wordWrap: true,
    colWidths,
  })
  table.push(
    ...choices.map((choice) => [
      choice.hook.name,
      choice.variant?.name ?? 'none',
      choice.hook.sees,
      reason(choice),
    ]),
  )
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

const colWidths = [10, 12, 26, 46]
const plain = { head: [], border: [], 'padding-left': 0, 'padding-right': 1 }
const noLines = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
  ]
    .concat(['mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
)

/** What this run does not see because a hook or its better variants do not work here. */
export function hookNotes(choices: readonly Choice[], preemptible: boolean): string[] {
  return choices.flatMap(({ hook, variant }) => {
    if (variant === undefined) return [`not seen here: ${hook.sees} (--dry-run says why)`]
    return [
      ...(variant.blind === undefined ? [] : [`not seen through ${variant.name}: ${variant.blind}`]),
      ...(preemptible && variant.preempted === 'uncounted'
        ? [`${variant.name} on this preemptible kernel: some calls may be missed and not counted`]
        : []),
    ]
  })
}

function planOf({ hook, variant, failed }: Choice): object {
  return {
    hook: hook.name,
    sees: hook.sees,
    variant: variant?.name ?? null,
    programs: variant?.programs ?? [],
    why: reason({ hook, variant, failed }),
    blind: variant?.blind ?? null,
    failed: failed.map(({ variant: { name }, failure }) => ({ variant: name, error: failureWords(failure) })),
  }
}

function reason({ hook, variant, failed }: Choice): string {
  const before = failed.map(failureText).join('; ')
  if (hook.forced) return 'forced with --hook'
  if (variant === undefined) return `not seen here (${before})`
  return failed.length === 0 ? 'the first choice, and it works here' : `${before}; this one works`
}

function failureText({ variant, failure }: Choice['failed'][number]): string {
  return `${variant.name} does not: ${failureWords(failure)}`
}

function failureWords(failure: { message: string; errno: number }): string {
  return `${failure.message}, ${describeErrno(failure.errno)}`
}
