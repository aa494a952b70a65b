import { closeSync, ftruncateSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'

// An empty disk of the guest; NVMe ends requests in batches.
export interface ScratchDisk {
  readonly bytes: number
  readonly bus: 'virtio' | 'nvme'
}

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

// A disk written as 64M, 2G or nvme:64M.
export function parseDisk(text: string): ScratchDisk {
  const [, nvme, digits, unit] = /^(nvme:)?(\d+)([KMGT]?)$/i.exec(text) ?? []
  if (!digits || unit === undefined) throw new Error(`'${text}' is no disk: write it as 64M, 2G or nvme:64M`)
  const bytes = Number(digits) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ')
  return { bytes, bus: nvme === undefined ? 'virtio' : 'nvme' }
}
