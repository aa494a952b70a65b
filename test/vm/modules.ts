import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execute } from './execute.js'
import type { KernelImage } from './kernel-image.js'

// What the guest needs before it can see the machine's files, where all other modules are.
const wanted = ['virtio_pci', 'virtio_console', 'virtio_blk', '9pnet_virtio', '9p', 'overlay']

// A module as insmod takes it.
export interface Module {
  readonly name: string
  readonly content: Buffer
}

// The modules that the initramfs loads, each after those it depends on; what is built in is left out.
export async function collectBootModules({ modules }: KernelImage): Promise<Module[]> {
  const dependencies = new Map<string, string[]>()
  const paths = new Map<string, string>()
  for (const line of (await readFile(join(modules, 'modules.dep'), 'utf8')).trim().split('\n')) {
    const [path = '', after = ''] = line.split(':')
    paths.set(nameModule(path), path)
    dependencies.set(nameModule(path), after.trim().split(/\s+/).filter(Boolean).map(nameModule))
  }

  const builtin = new Set(
    (await readFile(join(modules, 'modules.builtin'), 'utf8')).split('\n').map(nameModule),
  )
  // modules.dep lists what a module needs in the reverse of the order in which to load it.
  const order = wanted.flatMap((name) => [...(dependencies.get(name) ?? []).toReversed(), name])
  const missing = wanted.filter((name) => !paths.has(name) && !builtin.has(name))
  if (missing.length > 0) throw new Error(`${modules} has no module ${missing.join(', ')}`)

  const loadable = [...new Set(order)].filter((name) => paths.has(name))
  return Promise.all(
    loadable.map(async (name) => ({ name, content: await readModule(join(modules, paths.get(name) ?? '')) })),
  )
}

async function readModule(path: string): Promise<Buffer> {
  const content = await readFile(path)
  if (path.endsWith('.xz')) return execute('xz', ['-dc'], { input: content })
  if (path.endsWith('.zst')) return execute('zstd', ['-dcq'], { input: content })
  return content
}

const nameModule = (path: string): string =>
  basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_')
