// Ways of hooking that many tools have, ready made. A program is named after what it looks at and how: `exit_tp_btf`.
// Kprobes cannot be preempted: `preempted` is about the others.
import type { Variant } from '../tool.js'

type Program<N extends string, W extends string> = `${N}_${W}`

interface Losses<N extends string> extends Pick<Variant<string>, 'preempted'> {
  /** As Variant has it; default: all. */
  missed?: readonly N[]
}

/** At tracepoints: by their types, or without where the kernel does not know those. */
function atTracepoint<const N extends string>(
  names: readonly N[],
  { missed = names, ...rest }: Losses<NoInfer<N>> = {},
): readonly [Variant<Program<N, 'tp_btf'>>, Variant<Program<N, 'raw_tp'>>] {
  return [
    { name: 'tp_btf', programs: by('tp_btf', names), missed: by('tp_btf', missed), ...rest },
    { name: 'raw_tp', programs: by('raw_tp', names), missed: by('raw_tp', missed), ...rest },
  ]
}

/** Where functions begin. */
function atEntry<const N extends string>(
  names: readonly N[],
  { missed = names, ...rest }: Losses<NoInfer<N>> = {},
): readonly [Variant<Program<N, 'fentry'>>, Variant<Program<N, 'kprobe'>>] {
  return [
    { name: 'fentry', programs: by('fentry', names), missed: by('fentry', missed), ...rest },
    { name: 'kprobe', programs: by('kprobe', names), missed: by('kprobe', missed) },
  ]
}

/** Where functions return, and their arguments are known again: kprobes keep them meanwhile, in `pending`. */
function atReturn<const N extends string>(
  names: readonly N[],
  { pending, ...rest }: Pick<Variant<string>, 'pending' | 'preempted'>,
): readonly [Variant<Program<N, 'fexit'>>, Variant<Program<N, 'kretprobe' | 'kprobe'>>] {
  return [
    { name: 'fexit', programs: by('fexit', names), missed: by('fexit', names), ...rest },
    {
      name: 'kprobe',
      programs: [...by('kretprobe', names), ...by('kprobe', names)],
      missed: by('kprobe', names),
      ...(pending !== undefined && { pending }),
    },
  ]
}

interface Inside<E extends string, R extends string> extends Pick<Variant<string>, 'pending' | 'preempted'> {
  /** Of functions that are called meanwhile. */
  entries?: readonly E[]
  returns?: readonly R[]
}

/** Where functions begin and where they return. What is within comes first, so that nothing that went in comes out unseen. */
function aroundCall<const N extends string, const E extends string = never, const R extends string = never>(
  names: readonly N[],
  { entries = [], returns = [], preempted, ...rest }: Inside<E, R> = {},
): readonly [
  Variant<Program<E | N, 'fentry'> | Program<R | N, 'fexit'>>,
  Variant<Program<E | N, 'kprobe'> | Program<R | N, 'kretprobe'>>,
] {
  const programs = <A extends string, B extends string>(
    entry: A,
    exit: B,
  ): (Program<E | N, A> | Program<R | N, B>)[] => [
    ...by(entry, entries),
    ...by(exit, [...returns, ...names]),
    ...by(entry, names),
  ]
  return [
    {
      name: 'fexit',
      programs: programs('fentry', 'fexit'),
      missed: by('fentry', names),
      ...rest,
      ...(preempted !== undefined && { preempted }),
    },
    {
      name: 'kprobe',
      programs: programs('kprobe', 'kretprobe'),
      missed: by('kprobe', names),
      ...rest,
    },
  ]
}

/** What is looked at, by its names: in order of preference, and with what each way may lose. */
export const at = {
  tracepoint: atTracepoint,
  entry: atEntry,
  return: atReturn,
  call: aroundCall,
}

function by<N extends string, W extends string>(way: W, names: readonly N[]): Program<N, W>[] {
  return names.map((name) => `${name}_${way}` as const)
}
