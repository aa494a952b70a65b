// The tarballs that scripts/check-package.mjs has made, and what npm says is in one.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot, packageVersion } from '../../core/root.js'

export const root = fileURLToPath(packageRoot())
export const packedFolder = `${root}dist/package`

/** The package itself. */
export const tarball = `${packedFolder}/snoopkit-${packageVersion()}.tgz`

/** The packages named after the tools. */
export function aliasTarballs(): string[] {
  const names = readdirSync(packedFolder).filter((name) => name.endsWith('.tgz'))
  return names.map((name) => `${packedFolder}/${name}`).filter((path) => path !== tarball)
}

export interface Contents {
  unpackedSize: number
  files: { path: string; size: number; mode: number }[]
  bundled: string[]
}

/** What `npm pack` would put in, of what is built now. */
export function dryPack(folder = root): Contents {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const output = execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return (JSON.parse(output) as [Contents])[0]
}
