// How large a page of memory is here.
import { readFileSync } from 'node:fs'

const AT_PAGESZ = 6n

/** So many bits of an address lie within a page: 12, or up to 16 on arm64 (getauxval(3)). */
export function pageShift(): number {
  const words = readFileSync('/proc/self/auxv')
  for (let at = 0; at + 16 <= words.length; at += 16)
    if (words.readBigUInt64LE(at) === AT_PAGESZ) return Math.log2(Number(words.readBigUInt64LE(at + 8)))
  return 12
}
