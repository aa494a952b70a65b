// Writes a part of a BTF blob as one of its own: the selected types with the selected members, in their order.
import { type Btf, kind, HEADER_BYTES, locateTypes, parseBtf } from './parse.js'
import { type Selection, selectTypes, wantedOf } from './selection.js'

/** Words of each member in the blob. */
const memberWords: Record<number, number> = {
  [kind.struct]: 3,
  [kind.union]: 3,
  [kind.enum]: 2,
  [kind.enum64]: 3,
  [kind.prototype]: 2,
}
const hasType = new Set<number>([
  ...[kind.pointer, kind.typedef, kind.volatile, kind.const, kind.restrict, kind.typeTag, kind.prototype],
])
const membersHaveTypes = new Set<number>([kind.struct, kind.union, kind.prototype])

/** What the objects, given by their own BTF, read of a kernel's. */
export function cutBtf(kernelBytes: Uint8Array, objects: readonly Btf[]): Uint8Array {
  const kernel = parseBtf(kernelBytes)
  return writePart(kernelBytes, kernel, selectTypes(kernel, wantedOf(objects)))
}

function writePart(bytes: Uint8Array, { types }: Btf, selection: Selection): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const places = locateTypes(view)
  const ids = [...selection.keys()].toSorted((a, b) => a - b)
  // What was not selected is pointed at only where nothing looks further: as void.
  const renumbered = new Map(ids.map((id, index) => [id, index + 1]))
  const renumber = (id: number): number => renumbered.get(id) ?? 0

  const strings = new StringTable()
  const words: number[] = []
  for (const id of ids) {
    const at = places[id] as number
    const { kind: kindOf, name, members } = types[id] as (typeof types)[number]
    const word = (index: number): number => view.getUint32(at + 4 * index, true)
    const size = memberWords[kindOf]
    const chosen = size === undefined ? [] : [...(selection.get(id) ?? [])].toSorted((a, b) => a - b)
    const info = size === undefined ? word(1) : (word(1) & ~0xffff) | chosen.length
    words.push(strings.add(name), info, hasType.has(kindOf) ? renumber(word(2)) : word(2))
    if (kindOf === kind.int) words.push(word(3))
    if (kindOf === kind.array) words.push(renumber(word(3)), renumber(word(4)), word(5))
    for (const index of chosen) {
      const rest = Array.from({ length: (size as number) - 1 }, (_, i) =>
        word(3 + index * (size as number) + 1 + i),
      )
      const [first = 0, ...others] = rest
      words.push(strings.add(members[index]?.name ?? ''))
      words.push(membersHaveTypes.has(kindOf) ? renumber(first) : first, ...others)
    }
  }
  const table = strings.bytes()
  const typeBytes = 4 * words.length
  const header = [bytes[0] as number, bytes[1] as number, 1, 0]
  const offsets = [HEADER_BYTES, 0, typeBytes, typeBytes, table.length]
  return Buffer.concat([Buffer.from(header), littleEndian([...offsets, ...words]), table])
}

function littleEndian(words: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * words.length)
  words.forEach((word, index) => buffer.writeUInt32LE(word >>> 0, 4 * index))
  return buffer
}

/** Every name once. */
class StringTable {
  readonly #offsets = new Map([['', 0]])
  #text = '\0'

  add(name: string): number {
    const known = this.#offsets.get(name)
    if (known !== undefined) return known
    const offset = this.#text.length
    this.#offsets.set(name, offset)
    this.#text += `${name}\0`
    return offset
  }

  bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1')
  }
}
