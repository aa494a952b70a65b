// runqlat on a real kernel: waits as many and as long as the kernel counts of each thread, through every way of hooking.
import { TestCgroup } from '../../core/testing/cgroup.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { expectWaits, runTurns } from '../../core/testing/turns.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { runqlat } from './runqlat.js'

type Row = NonNullable<(typeof runqlat)['report']>

/** Nobody else's: what waits as this user are the workloads' threads. */
const UID = 4242

async function trace(args: string[], loads: [via: string, count: number][]) {
  const held = await Promise.all(
    loads.map(([via, count]) => holdWorkload('turns', ['--via', via, String(count)], { uid: UID })),
  )
  const tool = await startTool('runqlat', ['--json', '-u', String(UID), ...args])
  const turns = (await Promise.all(held.map(runTurns))).flat()
  const { status, stdout, stderr } = await tool.stop()
  assert.is(status, 0)
  const { events, lost } = parseClosing(stderr)
  const rows = parseRows<Row>(stdout)
  assert.is(
    rows.reduce((sum, { count }) => sum + count, 0),
    events,
  )
  assert.is(lost, 0)
  return { rows, turns }
}

for (const { name: variant } of runqlat.hooks[0]?.variants ?? []) {
  suite(`runqlat through ${variant}`, (test) => {
    test('-L: every wait of every thread, as long as the kernel says', async () => {
      const loads: [string, number][] = [
        ['yield', 503],
        ['pipe', 503],
        ['busy', 500],
      ]
      const { rows, turns } = await trace(['-L', '-P', '--hook', variant], loads)
      assert.is(turns.length, 4 + 2 + 4)
      expectWaits(turns, (one) => {
        const { pid, count = 0, sum = 0 } = rows.find(({ tid }) => tid === one.tid) ?? {}
        assert.is(pid, one.pid)
        return { count, micros: sum }
      })
      for (const { waits } of turns.slice(4, 6)) assert.ok(waits >= 503)
    })
  })
}

suite('runqlat as it chooses itself', (test) => {
  test('-P and --pidnss: all threads of a process together; -m; --cgroup: of who waits, not of who runs', async () => {
    const cgroup = new TestCgroup('runqlat')
    const [inside, outside] = await Promise.all(
      ['yield', 'yield'].map((via) => holdWorkload('turns', ['--via', via, '503'])),
    )
    cgroup.enter(inside?.pid ?? 0)
    const tool = await startTool('runqlat', ['-P', '--pidnss', '-m', '--json', '--cgroup', cgroup.name])
    const [turns] = await Promise.all([inside, outside].map(async (load) => await runTurns(load as never)))
    const { stdout } = await tool.stop()
    const rows = parseRows<Row>(stdout)
    const pid = turns?.[0]?.pid
    const own = rows.filter((row) => row.pid === pid)
    assert.equal(
      own.map(({ comm, tid, unit, pidns }) => [comm, tid, unit, Number(pidns) > 0]),
      [['turns', undefined, 'msecs', true]],
    )
    // The process's first thread has waits of its own, and it alone has started others.
    const counted = (turns ?? []).reduce((sum, { waits }) => sum + waits, 0)
    const seen = own[0]?.count ?? 0
    assert.ok(seen > counted && seen <= counted + 100, `${seen} of ${counted}`)
    assert.ok(rows.every((row) => row.pid === pid || row.pid === inside?.pid))
  })
})
