// What TypeScript knows of a BPF object before it is loaded: its name, and as types everything in it.

/** The names and types inside one object; generated from its BTF into tools/X/X.skel.ts. */
export interface SkeletonTypes {
  programs: string
  maps: string
  /** `const volatile` variables user space sets before load. */
  rodata: object
  /** Global variables shared with the kernel side while it runs. */
  data: object
  /** Ring buffers: map name → the struct in each record. */
  streams: object
  /** Maps to make rows of: map name → the structs of key and value. */
  tables: object
}

/** The value carries the object's name alone; `types` exists for the compiler only. */
export interface Skeleton<T extends SkeletonTypes = SkeletonTypes> {
  readonly object: string
  readonly types?: T
}

/** Names the object prebuilds/bpf/ARCH/NAME.bpf.o and ties the generated types to it. */
export function skeleton<T extends SkeletonTypes>(object: string): Skeleton<T> {
  return { object }
}
