// Strings from the kernel and from other users: any bytes at all, kept exactly.
//
// Valid UTF-8 becomes an ordinary string. A byte that is not part of valid UTF-8 becomes the lone surrogate
// U+DC00 + byte, which valid UTF-8 can never yield (the convention of Python's PEP 383), so that the exact bytes
// can always be had back.

/** A byte that was no UTF-8; with `u` not the half of a character beyond U+FFFF. */
const escaped = /([\udc80-\udcff])/u

/** Decodes bytes [from, to) of a buffer. */
export function decodeText(buffer: Buffer, from: number, to: number): string {
  const text = buffer.toString('utf8', from, to)
  return text.includes('\ufffd') ? decodeInvalid(buffer.subarray(from, to)) : text
}

/** The exact bytes that `decodeText` was given. */
export function encodeText(text: string): Buffer {
  if (!hasInvalidBytes(text)) return Buffer.from(text, 'utf8')
  const parts = text
    .split(escaped)
    .map((part) => (escaped.test(part) ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part, 'utf8')))
  return Buffer.concat(parts)
}

/** Whether the bytes behind the string were not valid UTF-8. */
export function hasInvalidBytes(text: string): boolean {
  return !text.isWellFormed()
}

function decodeInvalid(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length === 0) text += String.fromCharCode(0xdc00 + (bytes[at++] as number))
    else {
      text += Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8')
      at += length
    }
  }
  return text
}

/** Length of the valid UTF-8 sequence at that place, 0 when there is none (RFC 3629 §4). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  const continues = (offset: number, low = 0x80, high = 0xbf): boolean => {
    const byte = bytes[at + offset]
    return byte !== undefined && byte >= low && byte <= high
  }
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return continues(1, low, high) && continues(2) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xf4 ? 0x8f : 0xbf
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0
  }
  return 0
}
