// Every way of hooking that a tool has, tried one by one: what --dry-run stops at, carried through to the last.
import { followHook } from '../cli/follow.js'
import type { SharedValues } from '../cli/shared.js'
import type { Hook, Tool, Variant } from '../tool.js'
import { decisive, orderVariants } from './hooks.js'
import type { Skips } from './skips.js'
import { BpfFailure } from './object.js'
import { attemptsOf, constantsOf } from './session.js'

/** A variant that works, or why it does not. */
export interface Outcome {
  variant: Variant<string>
  failure: BpfFailure | undefined
}

export interface ExaminedHook {
  hook: Hook<string>
  /** Whether the tool runs without it: it is optional, or only some options ask for it. */
  dispensable: boolean
  /** In the order in which they are tried. */
  outcomes: readonly Outcome[]
  /** The one that is used. */
  chosen: Variant<string> | undefined
}

export interface Examination {
  hooks: readonly ExaminedHook[]
  /** Why the tool does not work here; undefined: it does. */
  failure: BpfFailure | undefined
}

/** Loads and attaches each variant by itself, then those chosen together, and leaves nothing behind. */
export function examine(tool: Tool, options: SharedValues, self: number, skips: Skips): Examination {
  const filters = tool.filters !== 'none'
  // Those of the hook that follows are there only where something is followed.
  const constants = { ...constantsOf(tool, options, self), ...(filters && { filter_followed: true }) }
  const attempt = attemptsOf(tool, options, constants)
  const tried = (programs: readonly string[]): BpfFailure | undefined => {
    try {
      attempt(programs).close()
      return undefined
    } catch (failure) {
      if (failure instanceof BpfFailure) return failure
      throw failure
    }
  }
  const own = tool.hooks.filter((hook) => !isNowhere(tool, hook, options))
  const offered = filters ? [...own, { ...followHook, optional: true }] : own
  const hooks = orderVariants(offered, skips).map((hook): ExaminedHook => {
    const outcomes = hook.variants.map((variant) => ({ variant, failure: tried(variant.programs) }))
    return {
      hook,
      dispensable: hook.optional === true || hook.when?.(options) === false,
      outcomes,
      chosen: outcomes.find(({ failure }) => failure === undefined)?.variant,
    }
  })
  const missing = hooks.find(({ dispensable, chosen }) => !dispensable && chosen === undefined)
  if (missing !== undefined)
    return { hooks, failure: decisive(missing.outcomes.flatMap(({ failure }) => failure ?? [])) }
  const programs = new Set(hooks.flatMap(({ chosen }) => chosen?.programs ?? []))
  const nothing = programs.size === 0 ? hooks[0]?.outcomes[0]?.failure : undefined
  return { hooks, failure: nothing ?? tried([...programs]) }
}

/** Whether the options, which do without the hook, choose no functions for it either: there is nothing to be tried. */
function isNowhere(tool: Tool, { when, variants }: Hook<string>, options: SharedValues): boolean {
  const targets = variants.flatMap(({ programs }) => programs).map((name) => tool.targets?.[name]?.(options))
  return when?.(options) === false && targets.every((functions) => functions?.length === 0)
}
