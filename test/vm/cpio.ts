// One file of an archive: a directory has no content, a link's content is where it points.
export interface CpioEntry {
  readonly path: string
  readonly type: 'directory' | 'file' | 'link'
  readonly content?: Buffer
}

const modes = { directory: 0o040755, file: 0o100755, link: 0o120777 } as const

// A cpio archive in the "newc" format that the kernel unpacks as its initramfs.
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const trailer = packEntry('TRAILER!!!', 0, 0, Buffer.alloc(0))
  const packed = entries.map(({ path, type, content }, index) =>
    packEntry(path, index + 1, modes[type], content ?? Buffer.alloc(0)),
  )
  return Buffer.concat([...packed, trailer])
}

function packEntry(path: string, inode: number, mode: number, content: Buffer): Buffer {
  const name = Buffer.from(`${path}\0`)
  const [uid, gid, links, mtime, deviceMajor, deviceMinor, checksum] = [0, 0, 1, 0, 0, 0, 0]
  const ids = [inode, mode, uid, gid, links, mtime, content.length, deviceMajor, deviceMinor, 0, 0]
  const fields = [...ids, name.length, checksum].map((field) => field.toString(16).padStart(8, '0'))
  return Buffer.concat([
    padTo4(Buffer.concat([Buffer.from(`070701${fields.join('')}`), name])),
    padTo4(content),
  ])
}

const padTo4 = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
