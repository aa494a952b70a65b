// Finds the end of one of the guest's streams: a marker that nobody can guess, then the status in three digits.
export class EndMarker {
  // The exit status, once the end is reached.
  status: number | undefined
  readonly #marker: Buffer
  #held: Buffer = Buffer.alloc(0)

  constructor(marker: string) {
    this.#marker = Buffer.from(marker)
  }

  // Takes what arrived and gives the part that certainly is the command's; the rest is held for the next call.
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    const found = bytes.indexOf(this.#marker)
    const end = found >= 0 ? found : bytes.length - this.#countPossibleStart(bytes)
    this.#held = bytes.subarray(end)
    if (this.#held.length >= this.#marker.length + 3)
      this.status ??= Number(this.#held.toString('latin1', this.#marker.length, this.#marker.length + 3))
    return bytes.subarray(0, end)
  }

  #countPossibleStart(bytes: Buffer): number {
    let length = Math.min(bytes.length, this.#marker.length - 1)
    while (length > 0 && !bytes.subarray(-length).equals(this.#marker.subarray(0, length))) length--
    return length
  }
}
