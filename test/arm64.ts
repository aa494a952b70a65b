// Files for a guest with another processor: a Debian root, an official Node.js, the addon as it is packed.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../core/root.js'
import { prepareRoot } from '../scripts/debian/root.js'
import { isBuilt, targets } from '../scripts/prebuild/targets.js'
import { fetchNode } from './package/node-releases.js'
import type { ForeignRoot } from './vm/architectures.js'

const NODE = '/usr/local/bin/node'

/** What the guest's first programs, the tests and their workloads run. */
const include = [
  'base-files',
  'base-passwd',
  'bash',
  'bpftool',
  'bsdutils',
  'busybox-static',
  'coreutils',
  'dash',
  'dmsetup',
  'e2fsprogs',
  'fdisk',
  'grep',
  'iproute2',
  'kmod',
  'libstdc++6',
  'mount',
  'procps',
  'sed',
  'util-linux',
]

/** Makes what is not there yet, which takes minutes. Throws where the addon is not built for it. */
export function arm64Root(): ForeignRoot {
  const target = targets.find(({ folder }) => folder.includes('arm64'))
  if (target === undefined || !isBuilt(target)) throw new Error('no addon for arm64: run npm run prebuild')
  const folder = prepareRoot({
    suite: 'bookworm',
    variant: 'extract',
    include,
    architecture: 'arm64',
  })
  if (!existsSync(join(folder, NODE))) complete(folder)
  return { architecture: 'arm64', folder, node: NODE, share: fileURLToPath(packageRoot()).replace(/\/$/, '') }
}

/** What Debian's packages make with programs of their own, and Node.js. */
function complete(folder: string): void {
  for (const name of ['passwd', 'group'])
    copyFileSync(join(folder, `usr/share/base-passwd/${name}.master`), join(folder, 'etc', name))
  for (const path of ['mnt', dirname(NODE)]) mkdirSync(join(folder, path), { recursive: true })
  copyFileSync(fetchNode(20, 'arm64'), join(folder, NODE))
}
