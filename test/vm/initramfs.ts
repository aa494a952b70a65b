import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillAtOnce, findCacheDirectory } from './cache.js'
import { packCpio, type CpioEntry } from './cpio.js'
import type { KernelImage } from './kernel-image.js'
import { collectBootModules } from './modules.js'

// Seen from dist/test/vm, where this file runs; the scripts are not compiled and stay where they are.
const scripts = new URL('../../../test/vm/', import.meta.url)

// The path of the first file system of `image`'s guest, made unless it is cached; `root`: where its busybox is.
export async function prepareInitramfs(image: KernelImage, root: string): Promise<string> {
  const modules = await collectBootModules(image)
  const entries: CpioEntry[] = [
    ...['dev', 'proc', 'sys', 'host', 'scratch', 'newroot', 'bin', 'modules'].map((path) => directory(path)),
    file('bin/busybox', await readFile(join(root, 'bin/busybox'))),
    { path: 'bin/sh', type: 'link', content: Buffer.from('busybox') },
    file('init', await readFile(new URL('boot.sh', scripts))),
    file('guest.sh', await readFile(new URL('guest.sh', scripts))),
    file('modules/order', Buffer.from(modules.map(({ name }) => `${name}\n`).join(''))),
    ...modules.map(({ name, content }) => file(`modules/${name}`, content)),
  ]

  const archive = packCpio(entries)
  const hash = createHash('sha256').update(archive).digest('hex').slice(0, 16)
  const path = join(findCacheDirectory(), 'initramfs', `${image.version}-${hash}.cpio`)
  if (!existsSync(path)) await fillAtOnce(path, (partial) => writeFile(partial, archive))
  return path
}

const directory = (path: string): CpioEntry => ({ path, type: 'directory' })
const file = (path: string, content: Buffer): CpioEntry => ({ path, type: 'file', content })
