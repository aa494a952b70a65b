// What an I/O asks for, in bcc's words.
import type { LatencyKey } from './biolatency.skel.js'

const operations: Record<LatencyKey['op'], string> = {
  read: 'Read',
  write: 'Write',
  flush: 'Flush',
  discard: 'Discard',
  secure_erase: 'SecureErase',
  write_same: 'WriteSame',
  write_zeroes: 'WriteZeros',
  zone_open: 'ZoneOpen',
  zone_close: 'ZoneClose',
  zone_finish: 'ZoneFinish',
  zone_reset: 'ZoneReset',
  zone_reset_all: 'ZoneResetAll',
  zone_append: 'ZoneAppend',
  driver_read: 'Driver-Read',
  driver_write: 'Driver-Write',
  other: 'Unknown',
}

/** In the order in which they precede the operation, the last one first; bits of bpf-src/lib/io_op.bpf.h. */
const flags: readonly (readonly [bit: number, name: string])[] = [
  [1 << 0, 'Sync'],
  [1 << 1, 'Metadata'],
  [1 << 2, 'ForcedUnitAccess'],
  [1 << 3, 'Priority'],
  [1 << 4, 'NoMerge'],
  [1 << 5, 'Idle'],
  [1 << 6, 'ReadAhead'],
  [1 << 7, 'Background'],
  [1 << 8, 'NoWait'],
  [1 << 9, 'Empty'],
]

/** Such as `Priority-Metadata-Read`. */
export function describeFlags({ op, flags: set }: Pick<LatencyKey, 'op' | 'flags'>): string {
  return flags
    .filter(([bit]) => (set & bit) !== 0)
    .reduce((words, [, name]) => `${name}-${words}`, operations[op])
}
