// npm start: sets up what is missing, then runs a tool on real activity: on this machine's kernel where that can be
// traced, else in a guest, with an ordinary workload beside it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackages, guestPackages, onPath } from './packages.mjs'
import { installPackages, root, say, setup, SetupError } from './setup.mjs'

/** What a tool exits with where it cannot trace (core/errors.ts). */
const CANNOT_TRACE = 3
const GUEST_KERNEL = '6.1'

const given = process.argv.slice(2)
// Without a tool's name before them, options are opensnoop's.
const named = given.length > 0 && !given[0]?.startsWith('-')
const tool = named ? given[0] : 'opensnoop'
const own = named ? given.slice(1) : given
const args = own.length > 0 ? own : ['-d', '10']
try {
  process.exitCode = start()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = CANNOT_TRACE
}

/** Runs the tool; returns its exit status. */
function start() {
  setup(buildPackages)
  const entry = join(root, 'dist/bin', `${tool}.js`)
  if (!existsSync(entry))
    throw new SetupError(`there is no tool ${tool}; the folders in tools/ are the tools`)
  const command = [process.execPath, entry]
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  if (sudo.length > 0 && !onPath('sudo'))
    throw new SetupError('tracing takes root, and there is no sudo; start it as root')
  const probe = run([...sudo, ...command, '--dry-run', ...args], 'pipe')
  if (probe.status !== CANNOT_TRACE) return run([...sudo, ...command, ...args], 'inherit').status
  const why = probe.stderr.trim().split('\n').at(-1)
  say(`${why}; so ${tool} runs in a guest with Linux ${GUEST_KERNEL}, beside an ordinary workload`)
  installPackages(guestPackages)
  const inGuest = ['sh', join(root, 'scripts/beside-workload.sh'), ...command, ...args]
  return run(
    [process.execPath, join(root, 'scripts/vm.mjs'), '--kernel', GUEST_KERNEL, '--', ...inGuest],
    'inherit',
  ).status
}

/**
 * @param {string[]} command
 * @param {'pipe' | 'inherit'} output
 */
function run([file = '', ...words], output) {
  const { status, stderr } = spawnSync(file, words, { stdio: ['inherit', output, output], encoding: 'utf8' })
  return { status: status ?? 1, stderr: stderr ?? '' }
}
