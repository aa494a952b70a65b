// npm run prebuild: sets up what is missing, then builds the addon for every target (scripts/prebuild/prebuild.ts).
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { prebuildPackages } from './packages.mjs'
import { compile, installPackages, root, say, SetupError } from './setup.mjs'

try {
  installPackages(prebuildPackages)
  compile()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(3)
}
const { status } = spawnSync(process.execPath, [join(root, 'dist/scripts/prebuild/prebuild.js')], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
