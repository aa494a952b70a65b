// Brings a fresh clone to where it runs: system packages, npm packages, TypeScript, the native addon. What is
// there already is left alone, so that a second time takes about a second.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingPackages, onPath } from './packages.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Installs what is missing, saying which and why.
 * @param {import('./packages.mjs').SystemPackage[]} packages
 */
export function setup(packages) {
  installPackages(packages)
  compile()
  run(process.execPath, ['dist/scripts/build-bin.js'])
  if (isOlder(addonPath(), ['binding.gyp', 'package.json', ...filesIn('core/native')])) {
    say('building the native addon')
    run(
      process.execPath,
      ['node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp', 'configure', 'build', '--loglevel=error'],
      true,
    )
  }
}

/** The npm packages, and TypeScript compiled into dist/. */
export function compile() {
  if (isOlder('node_modules/.package-lock.json', ['package-lock.json'])) {
    say('installing npm packages')
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  }
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'])
}

/** @param {import('./packages.mjs').SystemPackage[]} packages */
export function installPackages(packages) {
  const missing = missingPackages(packages)
  const needed = missing.filter((wanted) => !wanted.optional)
  if (missing.length === 0) return
  if (!onPath('apt-get')) {
    if (needed.length === 0) return
    throw new SetupError(
      `these are missing, under Debian's names; install them and start again:\n${list(needed)}`,
    )
  }
  say(`installing system packages:\n${list(missing)}`)
  if (needed.length > 0 && !install(needed)) {
    throw new SetupError(`apt-get could not install ${needed.map((wanted) => wanted.package).join(', ')}`)
  }
  for (const wanted of missing.filter((one) => one.optional)) {
    if (!install([wanted])) say(`there is no ${wanted.package} here; what needs it is skipped`)
  }
}

/** @param {import('./packages.mjs').SystemPackage[]} packages */
function list(packages) {
  return packages.map((wanted) => `  ${wanted.package}: ${wanted.why}`).join('\n')
}

/**
 * Tests start servers themselves, in a guest: here systemctl must not start them when they are installed (SYSTEMD_OFFLINE),
 * nor must invoke-rc.d where there is no systemd (RUNLEVEL).
 */
const quietly = ['env', 'DEBIAN_FRONTEND=noninteractive', 'SYSTEMD_OFFLINE=1', 'RUNLEVEL=1', 'apt-get']

/** Whether apt could; it is told to look for newer lists when it could not. @param {import('./packages.mjs').SystemPackage[]} packages */
function install(packages) {
  const args = ['install', '-y', '-q', '--no-install-recommends', ...packages.map((wanted) => wanted.package)]
  if (asRoot([...quietly, ...args]) === 0) return true
  asRoot([...quietly, 'update', '-q'])
  return asRoot([...quietly, ...args], !packages[0]?.optional) === 0
}

/** What went wrong, in one line; nothing else has been touched. */
export class SetupError extends Error {}

/** @param {string[]} command @param {boolean} [loud] */
function asRoot(command, loud = false) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  const [file = '', ...rest] = [...sudo, ...command]
  const { status, stdout, stderr } = spawnSync(file, rest, { stdio: ['inherit', 'pipe', 'pipe'] })
  if (status !== 0 && loud) process.stderr.write(`${stdout}${stderr}`)
  return status
}

/** Runs a step; its output is shown only when it fails. @param {string} command @param {string[]} args @param {boolean} [quiet] */
function run(command, args, quiet = false) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status !== 0)
    throw new SetupError(`${command} ${args.join(' ')} failed\n${error ?? ''}${stdout}${stderr}`)
  if (!quiet) process.stderr.write(stderr)
}

function addonPath() {
  const folder = join(root, 'prebuilds')
  const built = readdirSync(folder).find((name) => name.startsWith(`${process.platform}-${process.arch}-`))
  return join('prebuilds', built ?? 'none', 'snoopkit.node')
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(join(root, folder)).map((name) => join(folder, name))
}

/** Whether the file is missing or older than any of the sources. @param {string} file @param {string[]} sources */
function isOlder(file, sources) {
  const path = join(root, file)
  if (!existsSync(path)) return true
  const made = statSync(path).mtimeMs
  return sources.some((source) => statSync(join(root, source)).mtimeMs > made)
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`snoopkit: ${line}\n`)
}
