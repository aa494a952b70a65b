// Least privilege: what a run needs once it is attached, and giving up the rest.
import { type Account, loadAddon } from './bpf/addon.js'
import { capability, type Capability, heldCapabilities, holds } from './bpf/capabilities.js'
import type { SharedValues } from './cli/shared.js'
import { describeErrno } from './errno.js'
import { CannotTraceError } from './errors.js'
import { viewOf } from './shape/intervals.js'
import { chooseColumns } from './show/choice.js'
import type { Columns, Tool } from './tool.js'

/** What looking at other users' processes and files takes with these options. */
export function neededToLook(tool: Tool, options: SharedValues): Capability[] {
  const view = tool.shape === 'events' ? undefined : viewOf(tool, options)
  const columns = tool.shape === 'events' ? tool.columns : (view?.table?.columns ?? {})
  const needs = askedColumns(columns, options).flatMap((column) => column.needs ?? [])
  return [...new Set([...needs, ...(view?.table?.needs ?? [])])]
}

/** Those of them that this process does not hold. */
export function missingToLook(needs: readonly Capability[]): Capability[] {
  const held = heldCapabilities()
  return needs.filter((name) => !holds(held, name))
}

/** Throws a CannotTraceError where --user cannot be followed. `rerun`: this command line as root would type it. */
export function checkUser(user: Account | undefined, rerun: string): void {
  const missing = user === undefined ? [] : missingToLook(['CAP_SETGID', 'CAP_SETUID'])
  if (missing.length > 0)
    throw new CannotTraceError(
      `cannot trace here: --user takes root, or ${missing.join(' and ')}, which this process does not hold; run: ${rerun}`,
    )
}

/**
 * Once attached: all threads of the process keep `needs` and what core itself needs, and nothing else, and with --user
 * go on as that user. Throws a CannotTraceError.
 */
export function giveUpPrivileges(needs: readonly Capability[], { exec, user }: SharedValues): void {
  // A command may have changed its user, and is to end with the tracer.
  const kept = [...needs, ...reading(), ...(exec.length > 0 ? ['CAP_KILL' as const] : [])]
  const error = loadAddon().giveUpPrivileges(
    kept.map((name) => capability[name]),
    user,
  )
  if (error < 0)
    throw new CannotTraceError(`cannot give up what is not needed any more: ${describeErrno(-error)}`)
}

/** What it takes to read maps that are open already. */
function reading(): Capability[] {
  if (loadAddon().readingTakesCapability() === 0) return []
  return [holds(heldCapabilities(), 'CAP_BPF') ? 'CAP_BPF' : 'CAP_SYS_ADMIN']
}

/** Columns whose values are made: those shown, or all where a condition or a replay may ask for any. */
function askedColumns(columns: Columns, options: SharedValues): Columns[string][] {
  const { filter, failIf, until, record, sort } = options
  const any = [filter, failIf, until, record].some((one) => one !== undefined) || sort.length > 0
  if (any) return Object.values(columns)
  // Reports have further ones, which look at nothing.
  const fields = options.fields.filter((word) => Object.hasOwn(columns, word.replace(/^[+-]/, '')))
  return chooseColumns(columns, { ...options, fields }).map(([, column]) => column)
}
