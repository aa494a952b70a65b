// Inputs that are nearly right: real ones, changed in some places.
import * as fc from 'fast-check'

/** Numbers that are often forgotten. */
const edges = [
  ...[0, 1, 7, 0x7f, 0x80, 0xff, 0xffff, 0x1_0000, 0x1fff_ffff, 0x2000_0000, 0x3fff_ffff, 0x4000_0000],
  ...[0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff],
]

/** Something that is done to bytes at a place of theirs: within them, or it returns others. */
type Edit = (bytes: Buffer, at: number, value: number) => Buffer | void

const setWord: Edit = (bytes, at, value) => {
  if (at + 4 <= bytes.length) bytes.writeUInt32LE(value, at)
}

const edits: readonly Edit[] = [
  (bytes, at, value) => void bytes.fill(value & 0xff, at, at + 1),
  (bytes, at, value) => void bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (value & 7)), at),
  setWord,
  (bytes, at, value) => setWord(bytes, at & ~3, value),
  (bytes, at, value) => void bytes.copy(bytes, value % bytes.length, at, at + (value & 63)),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, value) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value & 63))]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 64))]),
]

/** These bytes, changed in one place or some. */
export function mutated(base: Uint8Array): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(
    fc.constantFrom(...edits),
    fc.nat(0xffff_ffff),
    fc.oneof(fc.constantFrom(...edges), fc.nat(0xffff_ffff), fc.nat(300)),
  )
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((changes) => {
    let bytes = Buffer.from(base)
    for (const [apply, place, value] of changes)
      if (bytes.length > 0) bytes = Buffer.from(apply(bytes, place % bytes.length, value) ?? bytes)
    return bytes
  })
}

/** This JSON, with something else in one place or some. */
export function mutatedJson(base: object): fc.Arbitrary<unknown> {
  const change = fc.tuple(
    fc.nat(),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...edges, -1, 0.5)),
  )
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const json = structuredClone(base)
    for (const [place, value] of changes) replaceIn(json, place, value)
    return json
  })
}

/** Replaces one of the values in an object, or one in those below it. */
function replaceIn(object: object, place: number, value: unknown): void {
  const keys = Object.keys(object)
  const key = keys[place % keys.length]
  if (key === undefined) return
  const inner = (object as Record<string, unknown>)[key]
  const rest = Math.floor(place / keys.length)
  if (typeof inner === 'object' && inner !== null && rest % 2 === 1) replaceIn(inner, rest >> 1, value)
  else (object as Record<string, unknown>)[key] = value
}
