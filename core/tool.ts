// What a tool is: a declaration. The define… functions (core/shape) take one and check its names against the skeleton.
import type { Capability } from './bpf/capabilities.js'
import type { Skeleton, SkeletonTypes } from './bpf/skeleton.js'
import type { OptionRecord, ValuesOf } from './cli/options.js'
import type { SharedValues } from './cli/shared.js'
import type { EventsTool } from './shape/events.js'
import type { IntervalsTool } from './shape/intervals.js'
import type { Escaped } from './show/escape.js'
import type { RowContext } from './show/context.js'

/** One way to hook one thing: programs that are loaded and attached together. */
export interface Variant<Program extends string> {
  /** How it hooks: `fexit`, `kprobe`, `tracepoint`, …; what `--hook` forces. */
  name: string
  programs: readonly Program[]
  /**
   * Programs of whose runs each one that the kernel skips is a lost event: a lone program, or those at the way in (the
   * kernel side notices by itself when a way out was skipped).
   */
  missed: readonly Program[]
  /** The map, keyed by thread, of calls that went in and have not come out. */
  pending?: string
  /**
   * Set where a preemptible kernel may skip programs (core/bpf/skips), and whether `missed` counts that exactly;
   * such a variant then comes after those without.
   */
  preempted?: 'counted' | 'uncounted'
  /** The version of Linux since which it misses no more than the variants behind it; on older ones it comes last. */
  from?: readonly [major: number, minor: number]
  /** What this variant cannot see, though the hook's others can. */
  blind?: string
}

/** One thing to be hooked, with the ways to do it in order of preference. */
export interface Hook<Program extends string, O = object> {
  name: string
  /** Whether these options need it at all. Default: always. */
  when?: (options: O) => boolean
  /** What is seen through it, such as `opens made through io_uring`. */
  sees: string
  /** Without it the tool still runs, and says what it does not see. */
  optional?: boolean
  /** Interrupts run into it too, which may be while another kprobe runs: then the kernel skips it (core/bpf/skips). */
  interrupts?: boolean
  variants: readonly [Variant<Program>, ...Variant<Program>[]]
}

/** Values a column may have; bigint is written to JSON as a number's digits, lists as arrays. */
export type Cell =
  string | number | bigint | boolean | null | readonly string[] | readonly (readonly number[])[]

/** A column that shows the time in a field of the event (CLOCK_MONOTONIC in nanoseconds). */
export interface Timed {
  of: string
  /** What the value is: the wall time, or seconds since the first event. */
  value: 'wall' | 'seconds'
  /** The text is the seconds since the first event, with so many decimals. */
  decimals?: number
}

/** Words of a field, apart by spaces. */
export interface Words<E> {
  /** The field whose text stands in place of the first word, where it is not empty. */
  first?: string
  bare: (event: E) => boolean
}

/**
 * A column. Its functions depend on the event, the options and what the context tells, and on nothing else: they are called once
 * for many events in which all that they read is the same.
 */
export interface ColumnSpec<E, O, V = Cell> {
  describe: string
  /** Default: the name in capitals. */
  header?: string
  /** Characters; the last column shown has none. */
  width?: number | ((options: O) => number)
  align?: 'left' | 'right'
  /** Whether text output shows it; JSON always has it. Default: shown. */
  show?: (options: O) => boolean
  /** JSON leaves it out of rows where it is null. */
  sparse?: boolean
  /** The value, where it is not the event's field of the same name. */
  value?: (event: E, context: RowContext) => V
  /** Whether the value is the event's field of the same name as it is after all: rows are then written straight from the record. */
  bare?: (event: E) => boolean
  /** The value or the text is a time: it is then written straight from the record, too. */
  timed?: Timed
  /** The text is the field's words as they are, where `bare`, with these options. */
  words?: (options: O) => Words<E> | undefined
  /** What its value takes where it is of other users' processes; kept while it may be asked for. */
  needs?: readonly Capability[]
  /** What to look at first: such a cell stands out on a terminal. */
  alarm?: (event: E) => boolean
  /** What text output prints, where it is not the value. */
  text?: (event: E, context: RowContext, options: O) => string | Escaped
}

/** Columns of a tool as core runs it. */
export type Columns = Record<string, ColumnSpec<object, object>>

/** Columns by name; V holds the types of the computed ones. A column must name a field of the event or compute a value. */
export type ColumnsOf<E, O, V> = {
  [K in keyof V]: ColumnSpec<E, O, V[K]> & (K extends keyof E ? unknown : { value: unknown })
}

/** What a row is to a library's user and in JSON: each column's name and value. */
export type RowOf<E, V> = {
  [K in keyof V]: unknown extends V[K] ? (K extends keyof E ? E[K] : never) : V[K]
}

/** The values of a tool's own options and of the shared ones that it does not replace. */
export type OptionValues<O> = ValuesOf<O> & Omit<SharedValues, keyof O>

/** Whether the kernel side has bpf-src/lib/filter.bpf.h; only then there are --pid, --exec and their like. */
export type FiltersOf<Rodata> = 'filter_tgid' extends keyof Rodata
  ? { filters?: 'process' }
  : { filters: 'none' }

/** What every shape of tool declares. */
export interface ToolSpec<T extends SkeletonTypes, O extends OptionRecord> {
  name: string
  /** One line. */
  summary: string
  /** What somebody notices who needs this tool, in their words: how `snoopkit list` finds it. */
  symptoms: readonly [string, ...string[]]
  /** Command line and what it does. */
  examples: readonly (readonly [args: string, does: string])[]
  /** What this tool cannot see, said in --help. */
  blind: readonly string[]
  skeleton: Skeleton<T>
  options: O
  /** Values for the object's constants, from the options. */
  rodata: { [K in keyof T['rodata']]?: (options: OptionValues<O>) => T['rodata'][K] }
  hooks: readonly Hook<T['programs'], OptionValues<O>>[]
  /**
   * The kernel functions that programs without one in their section (`SEC("fexit")`) attach to, by the options: of several
   * the first that is there, in the kernel or in a module.
   */
  targets?: { [K in T['programs']]?: (options: OptionValues<O>) => readonly string[] }
  /** What is missing here that these options take, in words, such as a file system. Asked where nothing could be attached. */
  lacks?: (options: OptionValues<O>) => string | undefined
}

/** The same as core runs it: names checked, types forgotten. */
export interface ToolBase {
  name: string
  summary: string
  symptoms: readonly string[]
  examples: readonly (readonly [args: string, does: string])[]
  blind: readonly string[]
  object: string
  options: OptionRecord
  rodata: Record<string, (options: Record<string, unknown>) => unknown>
  hooks: readonly Hook<string>[]
  targets?: Record<string, (options: Record<string, unknown>) => readonly string[]>
  lacks?: (options: Record<string, unknown>) => string | undefined
  filters?: 'process' | 'none'
}

/** Every kind of tool. */
export type Tool = EventsTool | IntervalsTool
