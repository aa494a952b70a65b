// --follow and --exec on a real kernel, also from within a PID namespace.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { execsnoop } from '../tools/execsnoop/execsnoop.js'
import { opensnoop } from '../tools/opensnoop/opensnoop.js'
import { assert, suite } from './testing/suite.js'
import { parseRows, runTool } from './testing/tool.js'
import { refusal, stopAll, watchAll, type WatchedRow } from './testing/watch.js'
import { quickFile } from './testing/workload.js'

const FILE = quickFile()
const opened = (rows: readonly WatchedRow[]): number => rows.filter(({ path }) => path === FILE).length

suite('--follow', (test) => {
  test('those there are and those that come', async () => {
    const script = `echo here; read x; cat ${FILE}; (cat ${FILE}; sh -c 'cat ${FILE}; :')`
    const parent = spawn('sh', ['-c', `sh -c "${script}"; :`], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(parent.stdout, 'data')
    const watched = await watchAll([
      [opensnoop, ['--follow', '-p', String(parent.pid)]],
      [opensnoop, ['-f', 'O_RDONLY', '--follow', '-p', `!${parent.pid}`]],
      [opensnoop, ['-p', String(parent.pid)]],
      [execsnoop, ['--follow', '-p', `!${parent.pid}`]],
    ])
    execFileSync('cat', [FILE])
    const ended = once(parent, 'close')
    parent.stdin.end('\n')
    await ended
    const [only = [], others = [], alone = [], started = []] = await stopAll(watched)
    assert.equal([opened(only), opened(others), opened(alone)], [3, 1, 0])
    assert.is(started.filter(({ args }) => args?.[1] === FILE).length, 1)
  })

  test('what goes together', async () => {
    assert.match(await refusal(opensnoop, ['--follow']), /^--follow goes with --pid/)
    const both = ['--follow', '-p', '1', '--exec', 'true']
    const { status, stderr } = await runTool('opensnoop', both)
    assert.is(status, 2)
    assert.match(stderr, /^opensnoop: --follow and --exec exclude each other/)
  })
})

suite('in a PID namespace', (test) => {
  const before = ['unshare', '-p', '-f', '--mount-proc']
  const untilSeen = ['--json', '--until', `path == "${FILE}"`]

  test('--exec: the command and its descendants, from the first instruction', async () => {
    const script = `cat ${FILE}; sh -c 'cat ${FILE}; :'; exit 7`
    const ended = await runTool('opensnoop', ['--json', '--exec', 'sh', '-c', script], { before })
    assert.is(ended.status, 7)
    const rows = parseRows<WatchedRow>(ended.stdout)
    assert.is(opened(rows), 2)
    assert.is(rows[0]?.path, '/etc/ld.so.cache', 'the first thing a program opens')
  })

  test('--pid and --follow take the numbers seen inside', async () => {
    // A shell starts the tool beside a process with a known number, and says which.
    const inside = `(while :; do cat ${FILE}; done) & p=$!; "$@" -p $p --follow; kill $p`
    const shell = [...before, 'sh', '-c', inside, 'sh']
    const { stdout, stderr } = await runTool('opensnoop', untilSeen, { before: shell })
    const rows = parseRows<WatchedRow>(stdout)
    assert.is(opened(rows), 1, stderr)
    assert.ok(rows.every(({ comm }) => ['cat', 'sh'].includes(comm)))
    assert.match(stderr, /rows have the numbers of the initial one/)
  })

  test('its own doings are not reported', async () => {
    const inside = `(while :; do cat ${FILE}; done) & p=$!; "$@"; kill $p`
    const shell = [...before, 'sh', '-c', inside, 'sh']
    const { stdout } = await runTool('opensnoop', untilSeen, { before: shell })
    const rows = parseRows<WatchedRow>(stdout)
    assert.is(opened(rows), 1)
    assert.is(rows.filter(({ comm }) => comm === 'node').length, 0)
  })
})
