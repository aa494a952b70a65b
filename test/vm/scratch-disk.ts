import { closeSync, ftruncateSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'

// An open, empty file of `size` bytes without a name: it is gone with the last process that has it open.
export function openScratchDisk(size: number): number {
  const path = join(tmpdir(), `snoopkit-disk-${randomUUID()}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  try {
    ftruncateSync(descriptor, size)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

// The bytes in a size such as 64M or 2G.
export function parseSize(size: string): number {
  const [, digits, unit] = /^(\d+)([KMGT]?)$/i.exec(size) ?? []
  if (!digits || unit === undefined) throw new Error(`'${size}' is no size: write it as 64M or 2G`)
  return Number(digits) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ')
}
