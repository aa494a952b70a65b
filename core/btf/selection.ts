// Which of a kernel's types BPF objects read: those that their own types name, with the members that these have.
//
// CO-RE finds a type of the kernel by the name of the object's own one and a member by its name, compares the kinds of
// both, and follows no pointer from one type to another; only prototypes (tracepoints, as btf_trace_…) it compares through.
import { type Btf, type BtfType, kind, typeAt } from './parse.js'

/** Names of types, each with the names of the members or enumerators that are read; all nameless types together under ''. */
export interface Wanted {
  readonly types: ReadonlyMap<string, ReadonlySet<string>>
}

/** The types kept, each with the members or enumerators kept. */
export type Selection = ReadonlyMap<number, ReadonlySet<number>>

const composite = new Set<number>([kind.struct, kind.union])
const enumeration = new Set<number>([kind.enum, kind.enum64])
const named = new Set<number>([...composite, ...enumeration, kind.typedef])
const modifier = new Set<number>([kind.typedef, kind.volatile, kind.const, kind.restrict, kind.typeTag])

/** What objects ask of a kernel, from their own BTF. */
export function wantedOf(objects: readonly Btf[]): Wanted {
  const types = new Map<string, Set<string>>()
  for (const btf of objects) {
    for (const type of btf.types) {
      if (!named.has(type.kind)) continue
      const name = essentialName(type.name)
      const members = types.get(name) ?? new Set()
      for (const member of membersWithin(btf, type)) members.add(essentialName(member))
      types.set(name, members)
    }
  }
  return { types }
}

/** What of the kernel's types is wanted, and what those are made of. */
export function selectTypes(kernel: Btf, { types }: Wanted): Selection {
  const kept = new Map<number, Set<number>>()
  /** Those whose pointers were followed. */
  const followed = new Set<number>()

  /** `through`: pointers are followed, as for prototypes. `names`: those of the type in which it is a nameless member. */
  function keep(id: number, through: boolean, names?: ReadonlySet<string>): void {
    if (id === 0) return
    const type = typeAt(kernel, id)
    const known = kept.get(id)
    const members = known ?? new Set<number>()
    const wasFollowed = followed.has(id) || (known !== undefined && !through)
    if (through) followed.add(id)
    kept.set(id, members)
    if (composite.has(type.kind) || enumeration.has(type.kind)) {
      for (const wanted of [names, types.get(essentialName(type.name))])
        if (wanted !== undefined) keepMembers(type, members, wanted)
    } else if (wasFollowed) {
      // Foreign BTF may go round in circles.
    } else if (type.kind === kind.array) {
      keep(type.type, through)
      keep(type.index, through)
    } else if (type.kind === kind.prototype && through && known === undefined) {
      keep(type.type, true)
      type.members.forEach((argument, index) => {
        members.add(index)
        keep(argument.type, true)
      })
    } else if (modifier.has(type.kind) || (type.kind === kind.pointer && through)) keep(type.type, through)
  }

  function keepMembers(type: BtfType, members: Set<number>, wanted: ReadonlySet<string>): void {
    type.members.forEach((member, index) => {
      if (members.has(index) || !isWanted(member.name, member.type, wanted)) return
      members.add(index)
      if (!composite.has(type.kind)) return
      keep(member.type, false)
      // Its fields are those of the type itself.
      if (member.name === '') keep(bare(member.type), false, wanted)
    })
  }

  /** What a type is without const and the like; 0 where foreign BTF goes round in circles. */
  function bare(id: number): number {
    const seen = new Set<number>()
    let at = id
    for (let type = typeAt(kernel, at); modifier.has(type.kind); type = typeAt(kernel, at)) {
      if (seen.has(at) || type.type === 0) return 0
      seen.add(at)
      at = type.type
    }
    return at
  }

  /** A nameless member is, when one within it is; `asked`: types that have nothing wanted, or are being asked. */
  function isWanted(
    name: string,
    id: number,
    wanted: ReadonlySet<string>,
    asked = new Set<number>(),
  ): boolean {
    if (name !== '') return wanted.has(name)
    const inner = bare(id)
    if (inner === 0 || asked.has(inner)) return false
    asked.add(inner)
    return typeAt(kernel, inner).members.some((member) => isWanted(member.name, member.type, wanted, asked))
  }

  kernel.types.forEach((type, id) => {
    if (!named.has(type.kind) || type.name === '' || !types.has(essentialName(type.name))) return
    // Only typedefs of tracepoints' prototypes are compared through.
    keep(id, type.kind === kind.typedef)
  })
  return kept
}

/** The names of a type's members, those of anonymous ones within it included. */
function membersWithin(btf: Btf, type: BtfType): string[] {
  return type.members.flatMap((member) =>
    member.name === '' && composite.has(type.kind)
      ? membersWithin(btf, typeAt(btf, member.type))
      : member.name,
  )
}

/** `task_struct___old` stands for task_struct. */
function essentialName(name: string): string {
  return name.replace(/(.)___[^_].*$/, '$1')
}
