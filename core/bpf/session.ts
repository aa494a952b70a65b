// A tool's programs in the kernel, from choosing the hooks to closing everything.
import { followHook } from '../cli/follow.js'
import { filterConstants, type SharedValues } from '../cli/shared.js'
import type { Tool } from '../tool.js'
import type { NativeStream, OnBatch } from './addon.js'
import { type Choice, chooseVariants, forceVariants, orderVariants } from './hooks.js'
import {
  BpfFailure,
  loadAndAttach,
  openObject,
  type OpenedObject,
  openStream,
  readGlobal,
  setConstants,
} from './object.js'
import { countAbandoned } from './pending.js'
import { isPreemptible } from './preemption.js'
import { heldCapabilities, missingCapabilities } from './facts.js'

const PAGE = 4096
const DEFAULT_PAGES = 2048
const SMALLEST_PAGES = 16

export class Session {
  readonly object: OpenedObject
  readonly choices: readonly Choice[]
  /** Whether this kernel may skip programs; asked once, since it reads files. */
  readonly preemptible: boolean
  readonly #links: readonly number[]

  constructor(attached: Attached, choices: readonly Choice[], preemptible: boolean) {
    this.object = attached.object
    this.#links = attached.links
    this.choices = choices
    this.preemptible = preemptible
  }

  stream(map: string, onBatch: OnBatch): NativeStream {
    return openStream(this.object, map, onBatch)
  }

  /** Events that could not be handed over: no room, a program skipped by the kernel, an end that was missed. Asked once detached. */
  lost(): number {
    const { native } = this.object
    const variants = this.choices.flatMap(({ variant }) => variant ?? [])
    const skipped = variants.flatMap(({ missed }) => missed).map((program) => native.info(program))
    const abandoned = new Set(variants.flatMap(({ pending }) => pending ?? []))
    return (
      Number(readGlobal(this.object, 'lost')) +
      skipped.reduce<number>(
        (sum, info) => sum + (typeof info === 'object' ? Number(info.recursionMisses) : 0),
        0,
      ) +
      [...abandoned].reduce((sum, map) => sum + countAbandoned(native, map), 0)
    )
  }

  /** From here on nothing new is seen; what is in the ring can still be read. */
  detach(): void {
    // The way in first: what has gone in is still seen to come out.
    for (const link of this.#links.toReversed()) this.object.native.detach(link)
  }

  close(): void {
    this.object.native.close()
  }
}

interface Attached {
  object: OpenedObject
  links: readonly number[]
  close(): void
}

/** Opens, loads and attaches. Throws a BpfFailure where no way of hooking works. */
export function openSession(tool: Tool, options: SharedValues, self: number): Session {
  const own = tool.hooks.filter(({ when }) => when?.(options) ?? true)
  const wanted = options.exec.length > 0 ? [...own, followHook] : own
  const preemptible = isPreemptible()
  const hooks = orderVariants(forceVariants(wanted, options.hook), preemptible)
  const constants = {
    ...(tool.filters === 'none' ? {} : filterConstants(options, self)),
    ...Object.fromEntries(Object.entries(tool.rodata).map(([name, value]) => [name, value(options)])),
  }
  const pages = options.bufferPages ?? DEFAULT_PAGES
  const attempt = (programs: readonly string[]): Attached => attach(tool, programs, constants, pages)
  const { session, choices } = chooseVariants(hooks, attempt)
  return new Session(session, choices, preemptible)
}

/**
 * Before 5.11 maps count against RLIMIT_MEMLOCK (since then against the memory cgroup, commit d5299b67dd59), and
 * raising that takes CAP_SYS_RESOURCE: where a buffer of the wanted size is refused, a smaller one is tried.
 */
function attach(
  tool: Tool,
  programs: readonly string[],
  constants: Record<string, unknown>,
  pages: number,
): Attached {
  const object = openObject(tool.object)
  try {
    object.native.setMaxEntries(tool.stream, pages * PAGE)
    setConstants(object, { ...constants, ring_mark: (pages * PAGE) / 4 })
    const links = loadAndAttach(object, programs)
    return { object, links, close: () => object.native.close() }
  } catch (failure) {
    object.native.close()
    const refused = failure instanceof BpfFailure && failure.isMapRefused
    if (!refused || pages <= SMALLEST_PAGES || missingCapabilities(heldCapabilities()).length > 0)
      throw failure
    return attach(tool, programs, constants, pages / 2)
  }
}
