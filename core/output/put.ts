// Puts one thing into a buffer that has room for it, and returns where that ends: what compiled rows are made of
// (core/show/writer).

/** Which bytes need no escape in one form of output. */
export type Safe = Uint8Array

/** Those of printable ASCII, but for these characters. */
export function safeBytes(except: string): Safe {
  const safe = new Uint8Array(256).fill(1, 0x20, 0x7f)
  for (const character of except) safe[character.charCodeAt(0)] = 0
  return safe
}

/** Most bytes of a number. */
export const NUMBER_ROOM = 25

const [SPACE, ZERO, MINUS] = [0x20, 0x30, 0x2d]

/** The two digits of numbers below 100. */
const tens = Uint8Array.from({ length: 100 }, (_, pair) => ZERO + Math.trunc(pair / 10))
const ones = Uint8Array.from({ length: 100 }, (_, pair) => ZERO + (pair % 10))

/** A number as String() writes it. */
export function putNumber(buffer: Buffer, at: number, value: number): number {
  if (!isShort(value)) return putAscii(buffer, at, String(value))
  if (value >= 0) return putDigits(buffer, at, value, digitsOf(value))
  buffer[at] = MINUS
  return putDigits(buffer, at + 1, -value, digitsOf(-value))
}

/** The same in so many characters at least, to the left or to the right. */
export function putPadded(buffer: Buffer, at: number, value: number, width: number, right: boolean): number {
  const start = right ? putSpaces(buffer, at, at + width - lengthOf(value)) : at
  return putSpaces(buffer, putNumber(buffer, start, value), at + width)
}

/** A number from 0 on in so many digits. */
export function putDigits(buffer: Buffer, at: number, value: number, count: number): number {
  const end = at + count
  let rest = value
  let place = end
  for (; place > at + 1; place -= 2) {
    const next = (rest / 100) | 0
    const pair = rest - next * 100
    buffer[place - 2] = tens[pair] as number
    buffer[place - 1] = ones[pair] as number
    rest = next
  }
  if (place > at) buffer[at] = ZERO + rest
  return end
}

/** A string of ASCII. */
export function putAscii(buffer: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) buffer[at + index] = text.charCodeAt(index)
  return at + text.length
}

/** The bytes [from, to) of a record, if none of them needs an escape; or else -1. */
export function putSafe(
  buffer: Buffer,
  at: number,
  source: Buffer,
  from: number,
  to: number,
  safe: Safe,
): number {
  if (to > source.length) return -1
  let end = at
  for (let index = from; index < to; index++) {
    const value = source[index] as number
    if (safe[value] === 0) return -1
    buffer[end++] = value
  }
  return end
}

/** The same of char[size], up to the first NUL. */
export function putSafeChars(
  buffer: Buffer,
  at: number,
  source: Buffer,
  from: number,
  size: number,
  safe: Safe,
): number {
  const to = Math.min(from + size, source.length)
  let end = at
  for (let index = from; index < to; index++) {
    const value = source[index] as number
    if (value === 0) break
    if (safe[value] === 0) return -1
    buffer[end++] = value
  }
  return end
}

/** Spaces up to there. */
export function putSpaces(buffer: Buffer, at: number, to: number): number {
  let end = at
  while (end < to) buffer[end++] = SPACE
  return end
}

/** No fraction, and within 32 bits. */
const isShort = (value: number): boolean => (value | 0) === value && value !== -2_147_483_648

function lengthOf(value: number): number {
  if (!isShort(value)) return String(value).length
  return value < 0 ? 1 + digitsOf(-value) : digitsOf(value)
}

function digitsOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2
  if (value < 10_000) return value < 1000 ? 3 : 4
  let digits = 5
  for (let most = 100_000; most <= value; most *= 10) digits++
  return digits
}
