// npm test: sets up what is missing, then runs the tests (test/main.ts) with the same arguments.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { arm64Packages, buildPackages, guestPackages, prebuildPackages, testPackages } from './packages.mjs'
import { root, say, setup, SetupError } from './setup.mjs'

const args = process.argv.slice(2)
const ofGuest = args.includes('--unit') ? [] : guestPackages
const ofArm64 = args.includes('--arm64') ? [...prebuildPackages, ...arm64Packages] : []
try {
  setup([...buildPackages, ...testPackages, ...ofGuest, ...ofArm64])
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(3)
}
const { status } = spawnSync(process.execPath, [join(root, 'dist/test/main.js'), ...args], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
