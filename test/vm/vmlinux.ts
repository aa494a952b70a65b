import { gunzipSync } from 'node:zlib'
import { execute } from './execute.js'

// A guest without hardware support spends three of its five seconds of boot in decompressing its kernel.
// Decompressed here, QEMU starts it at its PVH entry point (Linux 4.21, QEMU 4.0).

// The ELF kernel inside a bzImage if QEMU can start it directly, else undefined.
export async function extractVmlinux(bzImage: Buffer, signal?: AbortSignal): Promise<Buffer | undefined> {
  // Offsets from Documentation/arch/x86/boot.rst; the payload is there from boot protocol 2.08.
  if (bzImage.toString('latin1', 0x202, 0x206) !== 'HdrS' || bzImage.readUInt16LE(0x206) < 0x208)
    return undefined
  const start = ((bzImage[0x1f1] || 4) + 1) * 512 + bzImage.readUInt32LE(0x248)
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(0x24c))
  const elf = await decompress(payload, signal)
  return elf && hasPvhEntry(elf) ? elf : undefined
}

async function decompress(payload: Buffer, signal?: AbortSignal): Promise<Buffer | undefined> {
  // Behind xz and zstd the kernel's build appends the size in four bytes.
  const input = payload.subarray(0, -4)
  if (payload.readUInt16BE(0) === 0x1f8b) return gunzipSync(payload)
  if (payload.readUInt32BE(0) === 0xfd377a58) return execute('xz', ['-dc'], { input, signal })
  if (payload.readUInt32BE(0) === 0x28b52ffd) return execute('zstd', ['-dcq'], { input, signal })
  return undefined
}

function hasPvhEntry(elf: Buffer): boolean {
  const [PT_NOTE, XEN_ELFNOTE_PHYS32_ENTRY] = [4, 18]
  const [table, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)]
  for (let header = table; header < table + size * count; header += size) {
    if (elf.readUInt32LE(header) !== PT_NOTE) continue
    let note = Number(elf.readBigUInt64LE(header + 8))
    const end = note + Number(elf.readBigUInt64LE(header + 32))
    while (note + 12 <= end) {
      const [names, data, type] = [
        elf.readUInt32LE(note),
        elf.readUInt32LE(note + 4),
        elf.readUInt32LE(note + 8),
      ]
      const owner = elf.toString('latin1', note + 12, note + 12 + names)
      if (owner === 'Xen\0' && type === XEN_ELFNOTE_PHYS32_ENTRY) return true
      note += 12 + alignTo4(names) + alignTo4(data)
    }
  }
  return false
}

const alignTo4 = (size: number): number => (size + 3) & ~3
