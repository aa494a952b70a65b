// What the addon is built for, and of what.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../../core/root.js'
import type { RootSpec } from '../debian/root.js'
import type { SourcePackage } from '../debian/sources.js'

const root = fileURLToPath(packageRoot())

/** `folder`, in prebuilds/, is node-pre-gyp's name for it. */
export interface Target {
  readonly folder: string
  readonly triplet: string
}

export const targets: readonly Target[] = [
  { folder: 'linux-x64-glibc', triplet: 'x86_64-linux-gnu' },
  { folder: 'linux-arm64-glibc', triplet: 'aarch64-linux-gnu' },
]

/**
 * The oldest Debian whose compilers the addon can be built with: what is linked there runs on every later glibc and
 * libstdc++. libuv1-dev is for uv.h, whose structures do not change within libuv 1.
 */
export const buildRoot: RootSpec = {
  suite: 'bullseye',
  variant: 'essential',
  include: [
    'g++',
    'g++-aarch64-linux-gnu',
    'make',
    'dpkg-dev',
    'libuv1-dev',
    'm4',
    'gawk',
    'bzip2',
    'xz-utils',
  ],
}

/** The libraries inside. */
export const sources = JSON.parse(
  readFileSync(`${root}scripts/prebuild/sources.json`, 'utf8'),
) as SourcePackage[]

/** In sections, so that the linker leaves out what nothing calls. */
export const compilerFlags =
  '-O2 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -fstack-protector-strong'

/** Header packages from npm that the addon includes. */
export const headers = ['node-addon-api', 'node-api-headers'] as const

/** Where a target's addon belongs. */
export function builtAddon({ folder }: Target): string {
  return `${root}prebuilds/${folder}/snoopkit.node`
}

/** A checksum of all that the libraries are made of. */
export function librariesId(): string {
  return checksum(
    [buildRoot, compilerFlags],
    ['scripts/prebuild/libraries.sh', 'scripts/prebuild/sources.json'],
  )
}

/** A checksum of all that a target's addon is made of, which it carries as its build ID. */
export function buildIdOf({ triplet }: Target): string {
  const require = createRequire(import.meta.url)
  const versions = headers.map((name) => (require(`${name}/package.json`) as { version: string }).version)
  const native = readdirSync(`${root}core/native`).map((name) => `core/native/${name}`)
  const recipe = ['scripts/prebuild/addon.sh', 'scripts/prebuild/exports.map']
  return checksum([triplet, versions, librariesId()], [...recipe, ...native.toSorted()])
}

function checksum(values: unknown, paths: readonly string[]): string {
  const hash = createHash('sha1').update(JSON.stringify(values))
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(`${root}${path}`))
  return hash.digest('hex')
}

/** Whether a target's addon is there, the self-contained one, and made of just this. */
export function isBuilt(target: Target): boolean {
  try {
    return readFileSync(builtAddon(target)).includes(Buffer.from(buildIdOf(target), 'hex'))
  } catch {
    return false
  }
}
