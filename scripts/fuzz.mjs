// npm run fuzz: sets up what is missing, then fuzzes (test/fuzz.ts) with the same arguments.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildPackages } from './packages.mjs'
import { root, say, setup, SetupError } from './setup.mjs'

try {
  setup(buildPackages)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(3)
}
const main = join(root, 'dist/test/fuzz.js')
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
