// Debian's source packages by the checksum of their .dsc, which in turn has the checksums of their other files.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, mirror } from './root.js'

/** `folder` is in the archive; `sha256` is the .dsc's. */
export interface SourcePackage {
  readonly name: string
  readonly version: string
  readonly folder: string
  readonly sha256: string
}

/** A version that Debian has replaced since is still in the archive of its past states. */
const archives = [`${mirror}/debian`, 'http://snapshot.debian.org/archive/debian/20260801T000000Z']

/** Downloads what is not there yet; returns the paths, that of the .dsc first. */
export function fetchSource({ name, version, folder, sha256 }: SourcePackage): string[] {
  const dsc = fetchFile(folder, `${name}_${version}.dsc`, sha256)
  const checksums = /^Checksums-Sha256:\n((?: .*\n)+)/m.exec(readFileSync(dsc, 'utf8'))?.[1] ?? ''
  const files = [...checksums.matchAll(/^ ([0-9a-f]{64}) \d+ (\S+)$/gm)]
  return [dsc, ...files.map(([, sum = '', file = '']) => fetchFile(folder, file, sum))]
}

function fetchFile(folder: string, file: string, sha256: string): string {
  const path = join(cacheFolder('sources'), file)
  if (existsSync(path) && sha256Of(path) === sha256) return path
  const partial = `${path}.partial-${process.pid}`
  const failures: string[] = []
  for (const archive of archives) {
    try {
      // apt's own way to the mirror: through the proxies that it is set to.
      const args = ['download-file', `${archive}/${folder}/${file}`, partial, `SHA256:${sha256}`]
      execFileSync('/usr/lib/apt/apt-helper', args, { stdio: 'pipe' })
      renameSync(partial, path)
      return path
    } catch (error) {
      failures.push((error as Error).message)
    }
  }
  throw new Error(failures.join('\n'))
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
