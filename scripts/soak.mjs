// npm run soak: sets up what is missing, then soaks (test/soak/main.ts) with the same arguments.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildPackages, guestPackages, testPackages } from './packages.mjs'
import { root, say, setup, SetupError } from './setup.mjs'

try {
  setup([...buildPackages, ...testPackages, ...guestPackages])
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(3)
}
const main = join(root, 'dist/test/soak/main.js')
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
