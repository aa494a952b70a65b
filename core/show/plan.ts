// What was hooked and why: --dry-run, and the notes on what is not seen here.
import type { Choice } from '../bpf/hooks.js'
import { describeErrno } from '../errno.js'

/** One line a hook, as text or as JSON. */
export function planRows(choices: readonly Choice[], json: boolean): string[] {
  return choices.map((choice) => `${json ? JSON.stringify(planOf(choice)) : planText(choice)}\n`)
}

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

function planText(choice: Choice): string {
  const { hook, variant } = choice
  const picked = variant === undefined ? 'none' : variant.name
  return `${hook.name.padEnd(10)} ${picked.padEnd(11)} ${hook.sees}: ${reason(choice)}`
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
