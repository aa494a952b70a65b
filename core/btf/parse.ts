// Reads BTF as the kernel's Documentation/bpf/btf.rst describes it: type descriptions of a BPF object.

export const kind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const

/** A member of a struct or union (`offset` in bits), a variable of a section (`offset` in bytes), an argument or an enumerator. */
export interface BtfMember {
  name: string
  type: number
  offset: number
  /** Bits of a bit field, 0 for an ordinary member. */
  bits: number
}

export interface BtfType {
  kind: number
  name: string
  /** Bytes, where the kind has a size. */
  size: number
  /** The type pointed at, aliased, returned or contained; 0 is void. */
  type: number
  /** Array: number of elements, and the type of an index. */
  count: number
  index: number
  signed: boolean
  /** Int: `bool` and `char` are told apart from numbers by their encoding and name. */
  isBool: boolean
  members: readonly BtfMember[]
}

export interface Btf {
  types: readonly BtfType[]
}

const MAGIC = 0xeb9f
/** KSYM_NAME_LEN, 512 since 6.1: the kernel takes no longer names. Each may be the end of another, so they are no copy of the file. */
const MOST_NAME = 512
const words: Record<number, (vlen: number) => number> = {
  [kind.int]: () => 1,
  [kind.array]: () => 3,
  [kind.struct]: (n) => 3 * n,
  [kind.union]: (n) => 3 * n,
  [kind.enum]: (n) => 2 * n,
  [kind.prototype]: (n) => 2 * n,
  [kind.variable]: () => 1,
  [kind.section]: (n) => 3 * n,
  [kind.declTag]: () => 1,
  [kind.enum64]: (n) => 3 * n,
}

/** What this reads of the header. */
export const HEADER_BYTES = 24

/** Where each type begins, by its number; that of type 0, which is void, has no meaning. */
export function locateTypes(view: DataView): number[] {
  const start = view.getUint32(4, true) + view.getUint32(8, true)
  const end = start + view.getUint32(12, true)
  const places = [0]
  for (let at = start; at < end;) {
    places.push(at)
    const info = view.getUint32(at + 4, true)
    at += 12 + 4 * (words[(info >>> 24) & 0x1f]?.(info & 0xffff) ?? 0)
  }
  return places
}

/** Parses raw BTF. Throws an Error that names the fault when the bytes are not BTF or are cut off. */
export function parseBtf(bytes: Uint8Array): Btf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint16(0, true) !== MAGIC)
    throw new Error('not BTF: wrong magic number')
  const header = view.getUint32(4, true)
  const typesAt = header + view.getUint32(8, true)
  const typesEnd = typesAt + view.getUint32(12, true)
  const stringsAt = header + view.getUint32(16, true)
  const stringsEnd = stringsAt + view.getUint32(20, true)
  if (typesEnd > bytes.length || stringsEnd > bytes.length) throw new Error('BTF is cut off')
  const strings = Buffer.from(bytes.buffer, bytes.byteOffset + stringsAt, stringsEnd - stringsAt)
  const stringAt = (at: number): string => {
    const end = strings.indexOf(0, at)
    if (at >= strings.length || end < 0) throw new Error(`BTF: string ${at} is out of range`)
    if (end - at > MOST_NAME) throw new Error(`BTF: string ${at} is too long`)
    return strings.toString('latin1', at, end)
  }

  const types: BtfType[] = [emptyType(0, 'void')]
  for (let at = typesAt; at < typesEnd;) {
    if (at + 12 > typesEnd) throw new Error('BTF: a type is cut off')
    const info = view.getUint32(at + 4, true)
    const type = emptyType((info >>> 24) & 0x1f, stringAt(view.getUint32(at, true)))
    const vlen = info & 0xffff
    const end = at + 12 + 4 * (words[type.kind]?.(vlen) ?? 0)
    if (end > typesEnd) throw new Error('BTF: a type is cut off')
    readBody(view, at, type, vlen, info >>> 31 === 1, stringAt)
    types.push(type)
    at = end
  }
  return { types }
}

/** The type with that number; throws on a number out of range. */
export function typeAt(btf: Btf, id: number): BtfType {
  const type = btf.types[id]
  if (type === undefined) throw new Error(`BTF: there is no type ${id}`)
  return type
}

/** The first type of that kind and name, or undefined. */
export function findType(btf: Btf, wanted: number, name: string): BtfType | undefined {
  return btf.types.find((type) => type.kind === wanted && type.name === name)
}

function emptyType(kindOf: number, name: string): Mutable<BtfType> {
  return {
    kind: kindOf,
    name,
    size: 0,
    type: 0,
    count: 0,
    index: 0,
    signed: false,
    isBool: false,
    members: [],
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function readBody(
  view: DataView,
  at: number,
  type: Mutable<BtfType>,
  vlen: number,
  flag: boolean,
  stringAt: (at: number) => string,
): void {
  const word = (index: number): number => view.getUint32(at + 12 + 4 * index, true)
  const sizeOrType = view.getUint32(at + 8, true)
  const list = (read: (index: number) => BtfMember): BtfMember[] =>
    Array.from({ length: vlen }, (_, i) => read(i))
  const member = (name: number, typeId: number, offset: number, bits = 0): BtfMember => ({
    name: stringAt(name),
    type: typeId,
    offset,
    bits,
  })
  switch (type.kind) {
    case kind.int: {
      const encoding = (word(0) >>> 24) & 0xf
      type.size = sizeOrType
      type.signed = (encoding & 1) !== 0
      type.isBool = (encoding & 4) !== 0
      break
    }
    case kind.array:
      type.type = word(0)
      type.index = word(1)
      type.count = word(2)
      break
    case kind.struct:
    case kind.union:
      type.size = sizeOrType
      type.members = list((i) => {
        const offset = word(3 * i + 2)
        return flag
          ? member(word(3 * i), word(3 * i + 1), offset & 0xffffff, offset >>> 24)
          : member(word(3 * i), word(3 * i + 1), offset)
      })
      break
    case kind.enum:
      type.size = sizeOrType
      type.signed = flag
      type.members = list((i) => member(word(2 * i), 0, flag ? word(2 * i + 1) | 0 : word(2 * i + 1)))
      break
    case kind.enum64:
      type.size = sizeOrType
      type.signed = flag
      type.members = list((i) => member(word(3 * i), 0, word(3 * i + 1) + word(3 * i + 2) * 2 ** 32))
      break
    case kind.prototype:
      type.type = sizeOrType
      type.members = list((i) => member(word(2 * i), word(2 * i + 1), 0))
      break
    case kind.section:
      type.size = sizeOrType
      type.members = list((i) => ({
        name: '',
        type: word(3 * i),
        offset: word(3 * i + 1),
        bits: 0,
      }))
      break
    case kind.float:
      type.size = sizeOrType
      break
    default:
      type.type = sizeOrType
  }
}
