// Opens a session, or says in words for a person why it cannot be.
import type { SharedValues } from '../cli/shared.js'
import type { Tool } from '../tool.js'
import { CannotTraceError } from '../errors.js'
import { heldCapabilities, missingCapabilities } from './capabilities.js'
import { explainFailure } from './diagnose.js'
import { gatherFacts } from './facts.js'
import { BpfFailure } from './object.js'
import { openSession, type Session } from './session.js'

/**
 * Throws a CannotTraceError where no way of hooking works. `self`: the process whose doings are not reported, 0 for none;
 * `rerun`: how it would be tried as root; `onLog` is given libbpf's own words.
 */
export function openExplained(
  tool: Tool,
  options: SharedValues,
  self: number,
  rerun: string,
  onLog: (line: string) => void,
): Session {
  try {
    return openSession(tool, options, self)
  } catch (failure) {
    if (!(failure instanceof BpfFailure)) throw failure
    failure.log.forEach((line) => onLog(line))
    const lack = tool.lacks?.(options)
    if (lack !== undefined && missingCapabilities(heldCapabilities()).length === 0)
      throw new CannotTraceError(`cannot trace here: ${lack}`)
    throw explainFailure(failure, gatherFacts(options.btf), rerun)
  }
}
