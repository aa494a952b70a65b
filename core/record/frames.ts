// The file of a recording: a magic number, then frames, each compressed and with its checksum, so that it can be read up to
// the last whole frame whatever happened to its writer.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

export const MAGIC = Buffer.from('snoopkit recording 1\n')

/** What is in a frame. */
export const kinds = {
  /** JSON: Header. */
  header: 1,
  /** Records of the ring buffer: u32 count, u32 lengths, then each at a multiple of 8. */
  events: 2,
  /** What was read of maps for a report: see recorder.ts. */
  maps: 3,
  /** JSON: what was looked up besides, such as the process that holds a socket. */
  look: 4,
  /** JSON: End. */
  end: 5,
} as const

export type Kind = (typeof kinds)[keyof typeof kinds]

export interface Frame {
  kind: Kind
  body: Buffer
}

/** kind u8, checksum u32, compressed length u32. */
const HEAD_BYTES = 9
/** A frame that says it is longer is damaged: batches are of 256 KiB, map snapshots of some MiB. */
const MOST_BYTES = 1 << 28

/** Speed counts more than size: the tracer compresses while it traces. */
const LEVEL = 1

/** The bytes of a frame. */
export function encodeFrame(kind: Kind, body: Uint8Array): Buffer {
  const packed = deflateRawSync(body, { level: LEVEL })
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(kind, 0)
  head.writeUInt32LE(crc32(packed), 1)
  head.writeUInt32LE(packed.length, 5)
  return Buffer.concat([head, packed])
}

/**
 * Reads whole frames one after the other, from `start` to `end`; `read` fills the buffer from a place in the file and says
 * how much it could.
 */
export function* readFrames(
  read: (into: Buffer, at: number) => number,
  start: number,
  end: number,
): Generator<Frame, { leftOut: boolean }> {
  const head = Buffer.alloc(HEAD_BYTES)
  for (let at = start; ;) {
    const got = read(head, at)
    if (got < HEAD_BYTES) return { leftOut: got > 0 }
    const length = head.readUInt32LE(5)
    // Before memory is taken for it.
    if (length > MOST_BYTES || at + HEAD_BYTES + length > end) return { leftOut: true }
    const packed = Buffer.alloc(length)
    const whole = read(packed, at + HEAD_BYTES) === length && crc32(packed) === head.readUInt32LE(1)
    const body = whole ? unpack(packed) : undefined
    if (body === undefined) return { leftOut: true }
    yield { kind: head.readUInt8(0) as Kind, body }
    at += HEAD_BYTES + length
  }
}

function unpack(packed: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: MOST_BYTES })
  } catch {
    return undefined
  }
}
