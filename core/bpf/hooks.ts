// Choosing how to hook: the preferred variant of each hook, or, where that fails, the first that truly works.
import { constants } from 'node:os'
import { UsageError } from '../errors.js'
import type { Hook, Variant } from '../tool.js'
import { BpfFailure } from './object.js'
import { isSince, type Skips } from './skips.js'

/** A hook as asked for: with --hook, one variant and no other. */
export interface WantedHook extends Hook<string> {
  forced?: boolean
}

/** What became of one hook. */
export interface Choice {
  hook: WantedHook
  /** Undefined: nothing worked, and the hook is optional. */
  variant: Variant<string> | undefined
  /** Variants tried before, with what went wrong. */
  failed: readonly { variant: Variant<string>; failure: BpfFailure }[]
}

/** The words of --hook: `kprobe` for every hook that has it, `HOOK=VARIANT` for one. Throws a UsageError on others. */
export function forceVariants(hooks: readonly Hook<string>[], words: readonly string[]): WantedHook[] {
  return words.reduce(
    (all: WantedHook[], word) => {
      const [hookName, variantName] = word.includes('=') ? splitOnce(word) : [undefined, word]
      let used = false
      const forced = all.map((hook) => {
        const variant = hook.variants.find(({ name }) => name === variantName)
        if (variant === undefined || (hookName !== undefined && hook.name !== hookName)) return hook
        used = true
        return { ...hook, variants: [variant] as const, forced: true }
      })
      if (!used) throw new UsageError(`--hook ${word}: this tool has ${describeHooks(hooks)}`)
      return forced
    },
    [...hooks],
  )
}

/** Variants of which this kernel may skip more than of others come last; otherwise the order is the tool's. */
export function orderVariants(hooks: readonly WantedHook[], skips: Skips): WantedHook[] {
  const isLast = ({ preempted, from }: Variant<string>): boolean =>
    (skips.preemptible && preempted !== undefined) || (from !== undefined && !isSince(skips.kernel, from))
  return hooks.map((hook) => {
    const variants = hook.variants.toSorted((a, b) => Number(isLast(a)) - Number(isLast(b)))
    return { ...hook, variants: variants as [Variant<string>, ...Variant<string>[]] }
  })
}

/**
 * `attempt` loads and attaches the given programs or throws a BpfFailure. The first choice of every hook is tried
 * together, which is all that happens on most kernels. Where that fails each variant is tried by itself: BTF and
 * symbol tables do not prove that a function can be traced, loading and attaching does.
 */
export function chooseVariants<T extends { close(): void }>(
  hooks: readonly WantedHook[],
  attempt: (programs: readonly string[]) => T,
): { session: T; choices: Choice[] } {
  const preferred = hooks.map((hook): Choice => ({ hook, variant: hook.variants[0], failed: [] }))
  let first: unknown
  try {
    return { session: attempt(programsOf(preferred)), choices: preferred }
  } catch (failure) {
    if (!(failure instanceof BpfFailure)) throw failure
    first = failure
  }
  const choices = hooks.map((hook) => tryVariants(hook, attempt))
  if (choices.every(({ variant }) => variant === undefined)) throw first
  return { session: attempt(programsOf(choices)), choices }
}

function tryVariants(hook: WantedHook, attempt: (programs: readonly string[]) => { close(): void }): Choice {
  const failed: Choice['failed'][number][] = []
  for (const variant of hook.variants) {
    try {
      attempt(variant.programs).close()
      return { hook, variant, failed }
    } catch (failure) {
      if (!(failure instanceof BpfFailure)) throw failure
      failed.push({ variant, failure })
    }
  }
  if (hook.optional && !hook.forced) return { hook, variant: undefined, failed }
  throw decisive(failed.map(({ failure }) => failure))
}

const { EPERM, EACCES } = constants.errno

/** Of several failures the one to explain: missing rights can be mended, what the kernel lacks cannot. */
export function decisive(failures: readonly BpfFailure[]): BpfFailure {
  const refused = failures.find(
    ({ step, errno }) => step === 'attach' && (errno === EPERM || errno === EACCES),
  )
  return refused ?? (failures[0] as BpfFailure)
}

/** Hooks may share a program. */
function programsOf(choices: readonly Choice[]): string[] {
  return [...new Set(choices.flatMap(({ variant }) => variant?.programs ?? []))]
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function describeHooks(hooks: readonly Hook<string>[]): string {
  return hooks.map((hook) => `${hook.name}=${hook.variants.map(({ name }) => name).join('|')}`).join(' ')
}
