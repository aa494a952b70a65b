// What an I/O asks for: numbers of bpf-src/lib/io_op.bpf.h, in bcc's words, and as blktrace writes it.

const operations = {
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

export interface Operation {
  op: keyof typeof operations
  flags: number
}

const letters: Partial<Record<Operation['op'], string>> = {
  read: 'R',
  write: 'W',
  flush: 'F',
  discard: 'D',
  secure_erase: 'DE',
  write_same: 'W',
  write_zeroes: 'WZ',
  zone_append: 'ZA',
  driver_read: 'R',
  driver_write: 'W',
}

/** In the order in which they precede the operation, the last one first. */
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
export function describeFlags({ op, flags: set }: Operation): string {
  return flags
    .filter(([bit]) => (set & bit) !== 0)
    .reduce((words, [, name]) => `${name}-${words}`, operations[op])
}

/** Such as `WSM`: blktrace's letters for the operation, then F: forced unit access, A: ahead, S: synchronous, M: metadata. */
export function blktraceFlags({ op, flags: set }: Operation): string {
  const has = (name: string): boolean => flags.some(([bit, own]) => own === name && (set & bit) !== 0)
  const more = { F: 'ForcedUnitAccess', A: 'ReadAhead', S: 'Sync', M: 'Metadata' }
  const own = Object.entries(more).flatMap(([letter, name]) => (has(name) ? [letter] : []))
  return [letters[op] ?? 'N', ...own].join('')
}
