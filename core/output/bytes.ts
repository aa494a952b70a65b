// Rows as bytes, one after another: without a string for each piece, which costs several times as much.

/** What a byte is to one form of output. */
export type Safe = Uint8Array

/** Which bytes of printable ASCII need no escape, but for these characters. */
export function safeBytes(except: string): Safe {
  const safe = new Uint8Array(256).fill(1, 0x20, 0x7f)
  for (const character of except) safe[character.charCodeAt(0)] = 0
  return safe
}

/** Text that is put many times, in words of four bytes. */
export interface Constant {
  words: Int32Array
  length: number
}

export function constantOf(text: string): Constant {
  const bytes = Buffer.from(text)
  const padded = Buffer.alloc(4 * Math.ceil(bytes.length / 4))
  bytes.copy(padded)
  return {
    words: Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32BE(4 * index)),
    length: bytes.length,
  }
}

/** Characters of a string that are put one by one; of more the copy of all at once is cheaper. */
const SHORT = 64
/** Digits of the largest number that is put digit by digit, and its sign. */
const MOST_DIGITS = 11
const [SPACE, ZERO, MINUS] = [0x20, 0x30, 0x2d]

export class Bytes {
  #buffer: Buffer
  #view: DataView
  /** Bytes so far. */
  length = 0

  /** @param room bytes that there is room for at first */
  constructor(room: number) {
    this.#buffer = Buffer.allocUnsafeSlow(room)
    this.#view = new DataView(this.#buffer.buffer)
  }

  /** All of them; they stay until something is put again. */
  get all(): Buffer {
    return this.#buffer.subarray(0, this.length)
  }

  byte(value: number): void {
    this.#reserve(1)[this.length++] = value
  }

  /** The same text again and again. */
  constant({ words, length }: Constant): void {
    this.#reserve(4 * words.length)
    const view = this.#view
    let at = this.length
    for (let index = 0; index < words.length; index++, at += 4) view.setInt32(at, words[index] as number)
    // What the last word has beyond the end is overwritten next.
    this.length += length
  }

  /** A string as UTF-8. */
  text(text: string): void {
    const buffer = this.#reserve(3 * text.length)
    let at = this.length
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code >= 0x80 || index === SHORT) {
        this.length += buffer.write(text, this.length)
        return
      }
      buffer[at++] = code
    }
    this.length = at
  }

  /** A number as String() writes it, in so many characters at least, to the left or to the right. */
  number(value: number, width = 0, right = false): void {
    // A fraction, or more than 32 bits.
    if ((value | 0) !== value || value === -2_147_483_648) {
      const text = String(value)
      this.text(right ? text.padStart(width) : text.padEnd(width))
      return
    }
    const buffer = this.#reserve(Math.max(MOST_DIGITS, width))
    const end = this.length + width
    const rest = value < 0 ? -value : value
    const digits = digitsOf(rest)
    if (right) this.#fill(buffer, end - digits - (value < 0 ? 1 : 0))
    if (value < 0) buffer[this.length++] = MINUS
    this.digits(rest, digits)
    this.#fill(buffer, end)
  }

  /** A number from 0 on in so many digits. */
  digits(value: number, count: number): void {
    const buffer = this.#reserve(count)
    this.length += count
    let rest = value
    for (let at = this.length - 1, left = count; left > 0; left--) {
      const next = (rest / 10) | 0
      buffer[at--] = ZERO + rest - next * 10
      rest = next
    }
  }

  /** The bytes [from, to) of a record, if none of them needs an escape; false: nothing was put. */
  safe(source: Buffer, from: number, to: number, safe: Safe, width = 0): boolean {
    if (to > source.length) return false
    const buffer = this.#reserve(Math.max(to - from, width))
    const end = this.length + width
    let at = this.length
    for (let index = from; index < to; index++) {
      const value = source[index] as number
      if (safe[value] === 0) return false
      buffer[at++] = value
    }
    this.length = at
    this.#fill(buffer, end)
    return true
  }

  /** The same of char[size], up to the first NUL. */
  safeChars(source: Buffer, from: number, size: number, safe: Safe, width = 0): boolean {
    const most = Math.min(from + size, source.length)
    let to = from
    while (to < most && source[to] !== 0) to++
    return this.safe(source, from, to, safe, width)
  }

  /** Spaces up to this length. */
  #fill(buffer: Buffer, length: number): void {
    while (this.length < length) buffer[this.length++] = SPACE
  }

  /** Makes room. */
  #reserve(more: number): Buffer {
    if (this.length + more > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(2 * (this.length + more))
      this.#buffer.copy(grown, 0, 0, this.length)
      this.#buffer = grown
      this.#view = new DataView(grown.buffer)
    }
    return this.#buffer
  }
}

function digitsOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2
  if (value < 10_000) return value < 1000 ? 3 : 4
  let digits = 5
  for (let most = 100_000; most <= value; most *= 10) digits++
  return digits
}
