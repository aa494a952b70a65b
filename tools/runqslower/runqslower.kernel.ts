// runqslower on a real kernel: every wait, as long as the kernel counts it, and of a minimum those alone.
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { expectWaits, runTurns } from '../../core/testing/turns.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { runqslower } from './runqslower.js'

type Row = NonNullable<(typeof runqslower)['row']>

/** Nobody else's: what waits as this user are the workload's threads. */
const UID = 4242

async function trace(args: string[], via: string, count: number) {
  const load = await holdWorkload('turns', ['--via', via, String(count)], { uid: UID })
  const tool = await startTool('runqslower', ['--json', '-u', String(UID), ...args])
  const turns = await runTurns(load)
  const { status, stdout, stderr } = await tool.stop()
  const rows = parseRows<Row>(stdout)
  assert.is(status, 0)
  assert.equal(parseClosing(stderr), { events: rows.length, lost: 0 })
  return { rows, turns, parent: load.pid }
}

for (const { name: variant } of runqslower.hooks[0]?.variants ?? []) {
  suite(`runqslower through ${variant}`, (test) => {
    test('a minimum of 0: every wait of each thread, and who ran before', async () => {
      const { rows, turns, parent } = await trace(['0', '--hook', variant], 'yield', 503)
      const tids = new Set(turns.map(({ tid }) => tid))
      expectWaits(turns, ({ tid, pid }) => {
        const own = rows.filter((row) => row.tid === tid)
        assert.ok(own.every((row) => row.pid === pid && row.comm === 'turns' && row.cpu === 0))
        return { count: own.length, micros: own.reduce((sum, row) => sum + row.waited, 0) }
      })
      // They mostly have the processor from each other.
      const between = rows.filter(({ prevTid }) => tids.has(prevTid))
      assert.ok(between.length > rows.length / 2, `${between.length} of ${rows.length}`)
      for (const { prevPid, prevComm } of between) assert.equal([prevPid, prevComm], [turns[0]?.pid, 'turns'])
      const idle = rows.filter(({ prevPid }) => prevPid === 0)
      assert.ok(idle.every(({ prevTid, prevComm }) => prevTid === 0 && prevComm.startsWith('swapper/')))
      for (const row of rows) assert.ok(row.uid === UID && [parent, turns[0]?.pid].includes(row.pid))
    })
  })
}

suite('runqslower as it chooses itself', (test) => {
  test('a minimum: threads that keep a processor busy wait for each other, and short waits are left out', async () => {
    const { rows, turns } = await trace(['2000'], 'busy', 700)
    assert.ok(rows.every(({ waited }) => waited >= 2000))
    const waited = rows.reduce((sum, row) => sum + row.waited, 0)
    const counted = turns.reduce((sum, one) => sum + one.waited, 0) / 1000
    assert.ok(waited > counted / 2 && waited < counted * 1.1, `${waited} of ${counted}`)
  })
})
