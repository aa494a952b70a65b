// Rows as bytes, one after another: without a string for each piece, which costs several times as much.

/** Bytes of a constant's word. */
export const WORD = 8

/**
 * Text that is put many times, in words of eight bytes: numbers only in that they are stored as such. No UTF-8 is NaN, whose
 * bytes would not stay (0x7f or 0xff before 0xf0 or more), and zeros fill the last.
 */
export interface Constant {
  words: Float64Array
  length: number
}

export function constantOf(text: string): Constant {
  const bytes = Buffer.from(text)
  const padded = Buffer.alloc(WORD * Math.ceil(bytes.length / WORD))
  bytes.copy(padded)
  return {
    words: Float64Array.from({ length: padded.length / WORD }, (_, index) =>
      padded.readDoubleLE(WORD * index),
    ),
    length: bytes.length,
  }
}

/** Characters of a string that are put one by one; of more the copy of all at once is cheaper. */
const SHORT = 64
/** So many times the first room is kept for the next rows. */
const MOST_KEPT = 8

export class Bytes {
  /** What is put goes here; another one where room was made. Rows write into it themselves (core/show/writer). */
  buffer!: Buffer
  /** The same. */
  view!: DataView
  /** Bytes so far. */
  length = 0
  readonly #room: number

  /** @param room bytes that there is room for at first */
  constructor(room: number) {
    this.#room = room
    this.#use(Buffer.allocUnsafeSlow(room))
  }

  /** All of them; they stay until something is put again. */
  get all(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  /** None any more. */
  clear(): void {
    this.length = 0
    if (this.buffer.length > MOST_KEPT * this.#room) this.#use(Buffer.allocUnsafeSlow(this.#room))
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(2 * (this.length + more))
    this.buffer.copy(grown, 0, 0, this.length)
    this.#use(grown)
  }

  /** The same text again and again. */
  constant({ words, length }: Constant): void {
    this.reserve(WORD * words.length)
    const { view } = this
    let at = this.length
    for (let index = 0; index < words.length; index++, at += WORD)
      view.setFloat64(at, words[index] as number, true)
    // What the last word has beyond the end is overwritten next.
    this.length += length
  }

  /** A string as UTF-8. */
  text(text: string): void {
    this.reserve(3 * text.length)
    const { buffer } = this
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

  #use(buffer: Buffer): void {
    this.buffer = buffer
    this.view = new DataView(buffer.buffer)
  }
}
