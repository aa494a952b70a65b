// What a way of hooking promises on the kernel that runs, and whether it kept that.
import { release } from 'node:os'
import { isSince, readSkips } from '../bpf/skips.js'
import type { Hook } from '../tool.js'
import { assert } from './suite.js'

/** Nothing lost but for want of room; every loss counted, and with a filter some of others; not all losses counted. */
export type Promised = 'lossless' | 'counted' | 'uncounted'

/** Where kernels preempt they skip programs, and where interrupts run into kprobes. */
export function promiseOf(hooks: readonly Hook<string>[], variant: string): Promised {
  const { kernel, preemptible, countsKprobes } = readSkips()
  const [hook, found] = findVariant(hooks, variant)
  if (hook?.interrupts && variant === 'kprobe') return countsKprobes ? 'counted' : 'uncounted'
  if (found?.from !== undefined && !isSince(kernel, found.from)) return 'uncounted'
  return (preemptible ? found?.preempted : undefined) ?? 'lossless'
}

/** The first hook that has it, and it. */
function findVariant(
  hooks: readonly Hook<string>[],
  name: string,
): [hook?: Hook<string>, variant?: Hook<string>['variants'][number]] {
  for (const hook of hooks)
    for (const variant of hook.variants) if (variant.name === name) return [hook, variant]
  return []
}

/** Whether this kernel may skip programs of the variant. */
export function maySkip(hooks: readonly Hook<string>[], variant: string): boolean {
  return promiseOf(hooks, variant) !== 'lossless'
}

/** Expects the promised account of events. A program that is skipped cannot look whose they are: others' count as lost too. */
export function expectAccount(promise: Promised, seen: number, lost: number, made: number): void {
  const account = `${seen} seen and ${lost} lost of ${made}`
  if (promise === 'lossless') assert.is(seen + lost, made, account)
  else if (promise === 'counted') assert.ok(seen <= made && seen + lost >= made, account)
  else assert.ok(seen + lost <= made, account)
}

/**
 * A return probe has instances for so many calls at a time: as many as CPUs on kernels without CONFIG_PREEMPTION (of those
 * tested 5.10 alone), 10 or more on others. Calls that wait, as opens for a disk, leave others none.
 */
export const hasFewReturnProbes = release().startsWith('5.10.')
