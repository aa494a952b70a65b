// npm run check:package: packs the package and its aliases into dist/package/, then tries them as a user would
// (test/package/): on clean Debians in guests, from a registry, and where there is no addon for the system.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackages, guestPackages, prebuildPackages } from './packages.mjs'
import { root, say, setup, SetupError } from './setup.mjs'

const packed = join(root, 'dist/package')
try {
  setup([...buildPackages, ...prebuildPackages, ...guestPackages])
  rmSync(packed, { recursive: true, force: true })
  mkdirSync(packed, { recursive: true })
  run('npm', ['pack', '--pack-destination', packed])
  run('npm', ['run', '--silent', 'pack:aliases', '--', packed])
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(3)
}
process.exitCode = audit() + tests()

/** Words choose among the tests by their paths. */
function tests() {
  const words = process.argv.length > 2 ? process.argv.slice(2) : ['test/package']
  const args = [join(root, 'dist/test/main.js'), '--unit', ...words]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

/** npm audit, of what comes along; a registry that takes no questions about that is no failure. */
function audit() {
  const args = ['audit', '--omit=dev']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
  const cannotAsk = stderr.includes('audit endpoint returned an error')
  say(cannotAsk ? 'npm audit: the registry does not answer' : `npm audit: ${stdout.trim()}`)
  return status === 0 || cannotAsk ? 0 : 1
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new SetupError(`${command} ${args.join(' ')} failed`)
}
