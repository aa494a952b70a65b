// The names of one enum, out of a kernel's BTF of megabytes: all the rest is stepped over.
import { HEADER_BYTES, kind, locateTypes } from './parse.js'

/** Names by number; none where there is no such enum. */
export function enumeratorsOf(bytes: Uint8Array, name: string): ReadonlyMap<number, string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES) return new Map()
  const header = view.getUint32(4, true)
  const strings = buffer.subarray(header + view.getUint32(16, true))
  // Each name is there once, behind the NUL of the one before it.
  const nameAt = strings.indexOf(`\0${name}\0`) + 1
  const at = locateTypes(view).find(
    (place) =>
      place > 0 &&
      view.getUint32(place, true) === nameAt &&
      ((view.getUint32(place + 4, true) >>> 24) & 0x1f) === kind.enum,
  )
  if (nameAt === 0 || at === undefined) return new Map()
  const count = view.getUint32(at + 4, true) & 0xffff
  const textAt = (offset: number): string => strings.toString('latin1', offset, strings.indexOf(0, offset))
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const one = at + 12 + 8 * index
      return [view.getUint32(one + 4, true), textAt(view.getUint32(one, true))]
    }),
  )
}
