// Builds the addon with the address and undefined-behaviour sanitizers into build/asan/ and runs its tests with it.
//
//   node test/native/asan.mjs            builds, then runs the tests of the addon that need no kernel
//   node test/native/asan.mjs --kernel   the same with core/bpf/addon.kernel.ts: as root, on a kernel that traces
//   … --no-build                         takes the last build, as in a guest
//
// dist/ must be built. Needs gcc with libasan and libubsan.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'build/asan')
const reports = join(folder, 'reports')
const { values } = parseArgs({ options: { kernel: { type: 'boolean' }, 'no-build': { type: 'boolean' } } })

if (!values['no-build']) build()
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)
const tests = values.kernel
  ? ['bpf/addon.kernel.js']
  : ['bpf/addon.test.js', 'bpf/rows.test.js', 'show/writer.test.js']
const env = { ...process.env, ...sanitizerEnvironment(), SNOOPKIT_ADDON: join(folder, 'out/snoopkit.node') }
const failed = tests.filter(
  (test) =>
    spawnSync(process.execPath, [join(root, 'dist/core', test)], { stdio: 'inherit', env }).status !== 0,
)
// Children and workers of the tests write reports too, which their exit codes need not show.
const found = readdirSync(reports)
for (const report of found) process.stderr.write(readFileSync(join(reports, report)))
process.stderr.write(`asan: ${found.length} reports\n`)
process.exitCode = found.length > 0 || failed.length > 0 ? 1 : 0

/** node-gyp knows one build folder for each binding.gyp, so the sources get a copy. */
function build() {
  rmSync(folder, { recursive: true, force: true })
  for (const path of ['binding.gyp', 'core/native'])
    cpSync(join(root, path), join(folder, path), { recursive: true })
  // Headers that came with this Node.js, where there are any; else node-gyp downloads them.
  const prefix = join(process.execPath, '../..')
  const nodedir = existsSync(join(prefix, 'include/node/node_api.h')) ? { nodedir: prefix } : {}
  const nodeGyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js')
  const settings = { sanitize: 'address,undefined', module_path: join(folder, 'out'), ...nodedir }
  const defines = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  execFileSync(process.execPath, [nodeGyp, 'rebuild', '--loglevel=warn', ...defines], {
    cwd: folder,
    stdio: 'inherit',
  })
}

/** Node.js itself is built without sanitizers: their libraries come first by LD_PRELOAD, and its leaks are its own. */
function sanitizerEnvironment() {
  const library = (name) => execFileSync('gcc', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim()
  // A larger quarantine would look as if the garbage collector freed nothing.
  const options = `detect_leaks=0:quarantine_size_mb=16:halt_on_error=1:print_stacktrace=1:log_path=${join(reports, 'report')}`
  return {
    LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
    ASAN_OPTIONS: options,
    UBSAN_OPTIONS: options,
  }
}
