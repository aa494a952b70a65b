// Debian roots, made by mmdebstrap and kept between runs: one to build the addon in, others to try the package in.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findCacheDirectory } from '../../test/vm/cache.js'
import { asRoot } from './as-root.js'

/** Where Debian's archives are. */
export const mirror = process.env['SNOOPKIT_DEBIAN_MIRROR'] || 'http://deb.debian.org'

/** What is kept between runs, outside the repository. */
export function cacheFolder(name: string): string {
  const folder = join(dirname(findCacheDirectory()), name)
  mkdirSync(folder, { recursive: true })
  return folder
}

export interface RootSpec {
  readonly suite: string
  /** As mmdebstrap has them. */
  /** With `extract` nothing of it is run, so that it may be another processor's. */
  readonly variant: 'essential' | 'minbase' | 'extract'
  readonly include: readonly string[]
  /** Debian's name; default: this machine's. */
  readonly architecture?: string
}

/** The root's folder; made first where there is none with just this content. */
export function prepareRoot({ suite, variant, include, architecture }: RootSpec): string {
  const named = architecture === undefined ? [] : [architecture]
  const hash = createHash('sha256').update(JSON.stringify([suite, variant, include, ...named]))
  const root = join(cacheFolder('roots'), `${suite}-${hash.digest('hex').slice(0, 8)}`)
  if (existsSync(root)) return root
  console.error(`making a root of Debian's ${suite}, which takes minutes and is kept`)
  const partial = `${root}.partial-${process.pid}`
  const packages = include.length > 0 ? [`--include=${include.join(',')}`] : []
  const more = named.map((name) => `--architectures=${name}`)
  asRoot('mmdebstrap', [
    '--quiet',
    `--variant=${variant}`,
    ...packages,
    ...more,
    suite,
    partial,
    `${mirror}/debian`,
  ])
  asRoot('chown', [`${process.getuid?.()}:${process.getgid?.()}`, partial])
  renameSync(partial, root)
  return root
}
