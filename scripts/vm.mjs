// Runs a command in a throwaway guest (test/vm/main.ts), compiling test/vm first where that is needed.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const source = join(root, 'test', 'vm')
const output = join(root, 'dist', 'test', 'vm')

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
const isStale = readdirSync(source)
  .filter((name) => name.endsWith('.ts'))
  .some((name) => changed(join(output, name.replace(/\.ts$/, '.js'))) < changed(join(source, name)))

// Only test/vm is compiled, so that an error elsewhere does not keep anybody from a guest.
if (isStale) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', source], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(125)
}

await import(join(output, 'main.js'))
