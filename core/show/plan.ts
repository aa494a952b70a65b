// What was hooked and why: --dry-run, and the notes on what is not seen here.
import type { Choice } from '../bpf/hooks.js'
import type { Skips } from '../bpf/skips.js'
import { settingCommands, settingPaths, type Settings } from '../bpf/settings.js'
import { describeErrno } from '../errno.js'
import { renderTable } from './table.js'

/** One JSON object a line and hook, or a table for people. */
export async function renderPlan(choices: readonly Choice[], json: boolean): Promise<string> {
  if (json) return choices.map((choice) => `${JSON.stringify(planOf(choice))}\n`).join('')
  const rows = choices.map((choice) => [
    choice.hook.name,
    choice.variant?.name ?? 'none',
    choice.hook.sees,
    reason(choice),
  ])
  return await renderTable(['HOOK', 'VARIANT', 'SEES', 'WHY'], rows, [10, 12, 26, 46])
}

/** What this run does not see because a hook or its better variants do not work here. */
export function hookNotes(choices: readonly Choice[], { preemptible, countsKprobes }: Skips): string[] {
  return choices.flatMap(({ hook, variant }) => {
    if (variant === undefined) return [`not seen here: ${hook.sees} (--dry-run says why)`]
    return [
      ...(variant.blind === undefined ? [] : [`not seen through ${variant.name}: ${variant.blind}`]),
      ...(preemptible && variant.preempted === 'uncounted'
        ? [`${variant.name} on this preemptible kernel: some calls may be missed and not counted`]
        : []),
      ...(!countsKprobes && hook.interrupts === true && variant.name === 'kprobe'
        ? ['kprobe before Linux 6.7: some calls of interrupts may be missed and not counted']
        : []),
    ]
  })
}

/** What sees nothing because it is switched off: the kernel attaches kprobes all the same. */
export function switchNotes(choices: readonly Choice[], { kprobes }: Settings): string[] {
  if (kprobes !== '0' || choices.every(({ variant }) => variant?.name !== 'kprobe')) return []
  return [`nothing is seen through kprobe: ${settingPaths.kprobes} is 0; run: ${settingCommands.kprobes}`]
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

/** What failed, and with which errno. */
export function failureWords(failure: { message: string; errno: number }): string {
  return `${failure.message}, ${describeErrno(failure.errno)}`
}
