// From BTF to the layout of a record: which field lies where, and what its C type says it means.
import { type Btf, type BtfType, findType, kind, typeAt } from './parse.js'

/** What a field holds, and so how it is read and which TypeScript type it has. */
export type FieldKind =
  | { is: 'number'; size: 1 | 2 | 4; signed: boolean }
  /** 64 bits as a bigint. */
  | { is: 'bigint'; signed: boolean }
  /**
   * 64 bits as a number: the typedef says that 53 bits are enough (times, sizes, counts). A counter only ever grows, and
   * rows show by how much.
   */
  | { is: 'wide'; signed: boolean; counter?: true }
  /** Several 64-bit counts. */
  | { is: 'counts'; count: number }
  | { is: 'boolean' }
  /** char[n], up to the first NUL. */
  | { is: 'chars'; size: number }
  /** struct text: offset and length of bytes behind the fixed part of the record. */
  | { is: 'text' }
  /** The same, holding the names of a path from the innermost outwards, a NUL after each. */
  | { is: 'dentryPath' }
  /** struct long_text: words, a NUL after each. */
  | { is: 'arguments' }
  | { is: 'enum'; size: 1 | 2 | 4; signed: boolean; names: ReadonlyMap<number, string> }
  | { is: 'bytes'; size: number }

/** Bytes in the record, where they alone are what it holds; undefined for what lies behind the fixed part. */
export function fixedSize(of: FieldKind): number | undefined {
  switch (of.is) {
    case 'number':
    case 'enum':
    case 'chars':
    case 'bytes':
      return of.size
    case 'bigint':
    case 'wide':
      return 8
    case 'counts':
      return 8 * of.count
    case 'boolean':
      return 1
    default:
      return undefined
  }
}

export interface Field {
  /** The C name. */
  name: string
  /** The TypeScript and JSON name. */
  key: string
  /** Bytes from the start of the record. */
  offset: number
  kind: FieldKind
}

export interface Layout {
  name: string
  size: number
  fields: readonly Field[]
}

/** Typedefs that carry a meaning beyond their C type; declared in bpf-src/lib/types.h. */
const meanings: Record<string, FieldKind> = {
  ktime_ns: { is: 'wide', signed: false },
  duration_ns: { is: 'wide', signed: false },
  cgroup_id: { is: 'wide', signed: false },
  count64: { is: 'wide', signed: false },
  counter64: { is: 'wide', signed: false, counter: true },
  text: { is: 'text' },
  dentry_path: { is: 'dentryPath' },
  arguments: { is: 'arguments' },
}

/**
 * The layout of `struct NAME`. Members whose names begin with `_` are padding and left out; the fields of a struct in it are
 * its own, under their own names.
 */
export function layoutOf(btf: Btf, structName: string): Layout {
  const struct = findType(btf, kind.struct, structName)
  if (struct === undefined) throw new Error(`BTF has no struct ${structName}`)
  return { name: structName, size: struct.size, fields: fieldsOf(btf, struct, 0, 0) }
}

/** `depth`: foreign BTF may go round in circles. */
function fieldsOf(btf: Btf, struct: BtfType, start: number, depth: number): Field[] {
  if (depth > btf.types.length) throw new Error('BTF: types are made of themselves')
  return struct.members
    .filter((member) => member.name !== '' && !member.name.startsWith('_'))
    .flatMap((member): Field[] => {
      const where = `${struct.name}.${member.name}`
      if (member.bits !== 0) throw new Error(`${where}: bit fields are not supported`)
      const offset = start + member.offset / 8
      const type = typeAt(btf, member.type)
      if (type.kind === kind.struct) return fieldsOf(btf, type, offset, depth + 1)
      return [
        { name: member.name, key: camelCase(member.name), offset, kind: kindOf(btf, member.type, where) },
      ]
    })
}

/** The struct that a stream or map carries: the type of `const struct X *const volatile NAME__type` in .rodata. */
export function eventStruct(btf: Btf, stream: string): string {
  const variable = findType(btf, kind.variable, `${stream}__type`)
  if (variable === undefined)
    throw new Error(`the object does not say which struct the stream ${stream} carries`)
  const target = strip(btf, typeAt(btf, variable.type))
  return strip(btf, typeAt(btf, target.type)).name
}

/** What a map holds: the structs of its key and its value; an array's key is a `place`. */
export interface MapLayout {
  key: Layout
  value: Layout
}

/**
 * The map's layout if it is one to make rows of: the value is a struct with a counter, the key a struct or an array's.
 * https://docs.kernel.org/bpf/btf.html#bpf-map-definitions: `__type(key, T)` is a member that points to T.
 */
export function mapLayoutOf(btf: Btf, map: string): MapLayout | undefined {
  const variable = findType(btf, kind.variable, map)
  if (variable === undefined) return undefined
  const definition = strip(btf, typeAt(btf, variable.type))
  const typeOf = (member: string): BtfType | undefined => {
    const found = definition.members.find(({ name }) => name === member)
    return found && strip(btf, typeAt(btf, typeAt(btf, found.type).type))
  }
  const [key, value] = [typeOf('key'), typeOf('value')]
  if (key === undefined || value?.kind !== kind.struct || !hasCounter(btf, value.name)) return undefined
  return {
    key: key.kind === kind.struct ? layoutOf(btf, key.name) : placeInArray,
    value: layoutOf(btf, value.name),
  }
}

/** The key of every array: u32. */
const placeInArray: Layout = {
  name: 'array_key',
  size: 4,
  fields: [{ name: 'place', key: 'place', offset: 0, kind: { is: 'number', size: 4, signed: false } }],
}

function hasCounter(btf: Btf, structName: string): boolean {
  const members = findType(btf, kind.struct, structName)?.members ?? []
  return members.some(({ type }) => typeAt(btf, type).name === 'counter64')
}

/** A global variable: where it lies in its data section. */
export interface Variable {
  name: string
  offset: number
  size: number
  kind: FieldKind
}

/** The variables of a data section such as `.rodata` or `.bss`; pointers (type markers) and structs are left out. */
export function variablesOf(btf: Btf, section: string): Variable[] {
  const found = findType(btf, kind.section, section)
  if (found === undefined) return []
  return found.members.flatMap((member) => {
    const variable = typeAt(btf, member.type)
    const type = strip(btf, typeAt(btf, variable.type))
    if (type.kind === kind.pointer || type.kind === kind.struct) return []
    const fieldKind = kindOf(btf, variable.type, variable.name)
    return [{ name: variable.name, offset: member.offset, size: sizeOf(btf, variable.type), kind: fieldKind }]
  })
}

/** `print_uid` → `printUid`. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function kindOf(btf: Btf, id: number, where: string): FieldKind {
  let type = typeAt(btf, id)
  for (let steps = 0; isAlias(type); steps++) {
    const meaning =
      type.kind === kind.typedef && Object.hasOwn(meanings, type.name) ? meanings[type.name] : undefined
    if (meaning !== undefined) return meaning
    type = aliased(btf, type, steps)
  }
  switch (type.kind) {
    case kind.int:
      if (type.isBool) return { is: 'boolean' }
      if (type.size === 8) return { is: 'bigint', signed: type.signed }
      return { is: 'number', size: narrow(type.size, where), signed: type.signed }
    case kind.enum:
      return { is: 'enum', size: narrow(type.size, where), signed: type.signed, names: enumNames(type) }
    case kind.array: {
      const element = strip(btf, typeAt(btf, type.type))
      if (element.kind === kind.int && element.size === 1) {
        return element.name === 'char' ? { is: 'chars', size: type.count } : { is: 'bytes', size: type.count }
      }
      if (element.kind === kind.int && element.size === 8) return { is: 'counts', count: type.count }
      break
    }
  }
  throw new Error(`${where}: a ${type.name || 'nameless type'} of BTF kind ${type.kind} cannot be a field`)
}

function isAlias(type: BtfType): boolean {
  return (
    type.kind === kind.typedef ||
    type.kind === kind.const ||
    type.kind === kind.volatile ||
    type.kind === kind.restrict ||
    type.kind === kind.typeTag
  )
}

/** What an alias stands for, or an array is of, `steps` on the way; foreign BTF may go round in circles. */
function aliased(btf: Btf, alias: BtfType, steps: number): BtfType {
  if (steps > btf.types.length) throw new Error('BTF: types are made of themselves')
  return typeAt(btf, alias.type)
}

function strip(btf: Btf, type: BtfType): BtfType {
  let at = type
  for (let steps = 0; isAlias(at); steps++) at = aliased(btf, at, steps)
  return at
}

function sizeOf(btf: Btf, id: number): number {
  let type = strip(btf, typeAt(btf, id))
  let count = 1
  for (let steps = 0; type.kind === kind.array; steps++) {
    count *= type.count
    type = strip(btf, aliased(btf, type, steps))
  }
  return count * type.size
}

function narrow(size: number, where: string): 1 | 2 | 4 {
  if (size === 1 || size === 2 || size === 4) return size
  throw new Error(`${where}: ${size} bytes wide`)
}

/** Enumerator names without the prefix they share, in lower case: OPEN_VIA_SYSCALL → syscall. */
function enumNames(type: BtfType): ReadonlyMap<number, string> {
  const names = type.members.map((member) => member.name)
  const first = names[0] ?? ''
  let shared = first.lastIndexOf('_') + 1
  while (shared > 0 && !names.every((name) => name.startsWith(first.slice(0, shared)))) {
    // A place before the first is taken for the first.
    shared = shared < 2 ? 0 : first.lastIndexOf('_', shared - 2) + 1
  }
  return new Map(type.members.map((member) => [member.offset, member.name.slice(shared).toLowerCase()]))
}
