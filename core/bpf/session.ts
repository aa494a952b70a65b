// A tool's programs in the kernel, from choosing the hooks to closing everything.
import { followHook } from '../cli/follow.js'
import type { SharedValues } from '../cli/shared.js'
import type { Tool, Variant } from '../tool.js'
import { viewOf } from '../shape/intervals.js'
import { fillFilters, filterConstants, followNamed, prepareFilters } from './filters.js'
import type { NativeObject, NativeStream, OnBatch } from './addon.js'
import { type Choice, chooseVariants, forceVariants, orderVariants } from './hooks.js'
import {
  BpfFailure,
  loadAndAttach,
  openObject,
  type OpenedObject,
  openStream,
  readGlobal,
  setConstants,
  type Targets,
} from './object.js'
import { chooseBtf } from './kernel-btf.js'
import { countAbandoned } from './pending.js'
import { readSkips, type Skips } from './skips.js'
import { heldCapabilities, missingCapabilities } from './capabilities.js'
import { extremesOf } from './table.js'

const PAGE = 4096
const DEFAULT_PAGES = 2048
const SMALLEST_PAGES = 16

/** Told of everything that is read. */
export interface Watcher {
  watchBatches(onBatch: OnBatch): OnBatch
  watchMaps(native: NativeObject): NativeObject
}

export class Session {
  object: OpenedObject
  readonly choices: readonly Choice[]
  /** Asked once, since that reads files. */
  readonly skips: Skips
  readonly #links: readonly number[]
  #watcher: Watcher | undefined

  constructor(attached: Attached, choices: readonly Choice[], skips: Skips) {
    this.object = attached.object
    this.#links = attached.links
    this.choices = choices
    this.skips = skips
  }

  /** From here on the watcher is told of everything that is read. */
  watch(watcher: Watcher): void {
    this.#watcher = watcher
    this.object = { ...this.object, native: watcher.watchMaps(this.object.native) }
  }

  stream(map: string, onBatch: OnBatch): NativeStream {
    return openStream(this.object, map, this.#watcher?.watchBatches(onBatch) ?? onBatch)
  }

  /** Events that could not be handed over: no room, a program skipped by the kernel, an end that was missed. Asked once detached. */
  lost(): number {
    const { native } = this.object
    const variants = this.choices.flatMap(({ variant }) => variant ?? [])
    const skipped = variants.flatMap(({ missed }) => missed).map((program) => native.info(program))
    const abandoned = new Set(variants.flatMap(({ pending }) => pending ?? []))
    return (
      Number(readGlobal(this.object, 'lost')) +
      skipped.reduce<number>((sum, info) => sum + (typeof info === 'object' ? Number(info.missed) : 0), 0) +
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

/** Programs that are loaded and attached. */
export interface Attached {
  object: OpenedObject
  links: readonly number[]
  close(): void
}

/** Opens, loads and attaches. Throws a BpfFailure where no way of hooking works. */
export function openSession(tool: Tool, options: SharedValues, self: number): Session {
  const own = tool.hooks.filter(({ when }) => when?.(options) ?? true)
  const wanted = options.exec.length > 0 || options.follow ? [...own, followHook] : own
  const skips = readSkips()
  const hooks = orderVariants(forceVariants(wanted, options.hook), skips)
  const constants = constantsOf(tool, options, self)
  const { session, choices } = chooseVariants(hooks, attemptsOf(tool, options, constants))
  try {
    followNamed(session.object, options)
  } catch (failure) {
    session.close()
    throw failure
  }
  return new Session(session, choices, skips)
}

/** What the options make of the kernel side's constants. */
export function constantsOf(tool: Tool, options: SharedValues, self: number): Record<string, unknown> {
  return {
    ...(tool.filters === 'none' ? {} : filterConstants(options, self)),
    ...Object.fromEntries(Object.entries(tool.rodata).map(([name, value]) => [name, value(options)])),
  }
}

/** The functions that programs attach to with these options. */
function targetsOf(tool: Tool, options: SharedValues): Targets {
  return Object.fromEntries(
    Object.entries(tool.targets ?? {}).map(([program, target]) => [program, target(options)]),
  )
}

/** What loads and attaches programs of the tool with these options, or throws a BpfFailure. */
export function attemptsOf(
  tool: Tool,
  options: SharedValues,
  constants: Record<string, unknown>,
): (programs: readonly string[]) => Attached {
  const pages = options.bufferPages ?? DEFAULT_PAGES
  return (programs) => attach(tool, options, programs, constants, pages)
}

/** Entries of the maps whose size is not the object's own: rings have bytes, maps of a view that is not shown need no room. */
function mapSizes(tool: Tool, options: SharedValues, pages: number): Record<string, number> {
  if (tool.shape === 'events') return { [tool.stream]: pages * PAGE }
  const shown = viewOf(tool, options)
  const table = shown.table === undefined ? tool.table : undefined
  const histogram = shown.histogram === undefined ? tool.histogram : undefined
  const tables = [table?.map, ...(table?.more ?? [])].flatMap((map) => map ?? [])
  const histograms = [histogram?.map, table?.histogram].flatMap((map) => map ?? [])
  const maps = [...tables, ...histograms, ...histograms.map(extremesOf)]
  return Object.fromEntries(maps.map((map) => [map, 1]))
}

/** Maps that belong to variants of which none is loaded. */
function needlessMaps(tool: Tool, programs: readonly string[]): string[] {
  const mapsOf = (variants: readonly Variant<string>[]): string[] =>
    variants.flatMap(({ pending }) => pending ?? [])
  const variants = tool.hooks.flatMap((hook): readonly Variant<string>[] => hook.variants)
  const loaded = mapsOf(
    variants.filter((variant) => variant.programs.every((name) => programs.includes(name))),
  )
  return mapsOf(variants).filter((map) => !loaded.includes(map))
}

/**
 * Before 5.11 maps count against RLIMIT_MEMLOCK (since then against the memory cgroup, commit d5299b67dd59), and
 * raising that takes CAP_SYS_RESOURCE: where a buffer of the wanted size is refused, a smaller one is tried.
 */
function attach(
  tool: Tool,
  options: SharedValues,
  programs: readonly string[],
  constants: Record<string, unknown>,
  pages: number,
): Attached {
  const object = openObject(tool.object, chooseBtf(options.btf))
  try {
    for (const [map, entries] of Object.entries(mapSizes(tool, options, pages)))
      object.native.setMaxEntries(map, entries)
    for (const map of needlessMaps(tool, programs)) object.native.setAutocreate(map, false)
    const filters = tool.filters !== 'none'
    if (filters) prepareFilters(object, options, constants)
    setConstants(object, { ...constants, ...(tool.shape === 'events' && { ring_mark: (pages * PAGE) / 4 }) })
    const links = loadAndAttach(object, programs, targetsOf(tool, options), () => {
      if (filters) fillFilters(object, options, constants)
    })
    return { object, links, close: () => object.native.close() }
  } catch (failure) {
    object.native.close()
    const refused = failure instanceof BpfFailure && failure.isMapRefused
    if (!refused || pages <= SMALLEST_PAGES || missingCapabilities(heldCapabilities()).length > 0)
      throw failure
    return attach(tool, options, programs, constants, pages / 2)
  }
}
