// killsnoop on a real kernel: known signals in, exactly these out, through every way of hooking.
import { expectAccount, promiseOf } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { type HeldWorkload, holdWorkload } from '../../core/testing/workload.js'
import { killsnoop } from './killsnoop.js'

type Row = NonNullable<(typeof killsnoop)['row']>

/** Nobody else's: what this user sends is the workloads' alone. */
const UID = 4242
const [FAST, SLOW] = [10_007, 1_009]
const USR1 = 10
const NOBODY = 5_000_000

const hold = (via: string, count: number): Promise<HeldWorkload> =>
  holdWorkload('kills', ['--via', via, String(count)], { uid: UID })
const targetOf = ({ said }: HeldWorkload): number => Number(/target=(\d+)/.exec(said)?.[1])

/** What comes of each way of the workload; where nothing is said, it is one process that is reached. */
const ways: Record<string, { via: Row['via']; expect?: (target: number) => Partial<Row> }> = {
  kill: { via: 'kill' },
  tkill: { via: 'tkill', expect: (target) => ({ ttid: target }) },
  tgkill: { via: 'tgkill', expect: (target) => ({ ttid: target }) },
  queue: { via: 'rt_sigqueueinfo' },
  tgqueue: { via: 'rt_tgsigqueueinfo', expect: (target) => ({ ttid: target }) },
  pidfd: { via: 'pidfd_send_signal' },
  group: { via: 'kill', expect: (target) => ({ tpid: -target, tcomm: null, targets: 3 }) },
  nobody: {
    via: 'kill',
    expect: () => ({ tpid: NOBODY, tcomm: null, targets: 0, error: 'ESRCH', ret: -3 }),
  },
  init: { via: 'kill', expect: () => ({ tpid: 1, tcomm: null, targets: 0, error: 'EPERM', ret: -1 }) },
  zero: { via: 'kill', expect: () => ({ sig: 0, signal: null, tcomm: null, targets: 0 }) },
  // As 32-bit programs do it, which the workload knows on x86 alone.
  ...(process.arch === 'x64' && { compat: { via: 'kill' } }),
}

for (const { name: variant } of killsnoop.hooks[0]?.variants ?? []) {
  const promise = promiseOf(killsnoop.hooks, variant)
  suite(`killsnoop through ${variant}`, (test) => {
    test('two senders at full speed, and every way to send', async () => {
      const loads = Object.keys(ways).map(async (way) => ({ way, load: await hold(way, 7) }))
      const all = await Promise.all(loads)
      const [fast, slow] = await Promise.all([hold('kill', FAST), hold('tgkill', SLOW)])
      const tool = await startTool('killsnoop', ['--json', '-u', String(UID), '--hook', variant])
      for (const { load } of all) assert.is((await load.run()).status, 0)
      await Promise.all([fast.run(), slow.run()])
      const { status, stdout, stderr } = await tool.stop()
      const rows = parseRows<Row>(stdout)
      const { events, lost } = parseClosing(stderr)
      const made = FAST + SLOW + 7 * all.length
      assert.is(status, 0)
      assert.is(rows.length, events)
      expectAccount(promise, events, lost, made)
      if (promise === 'lossless') assert.is(lost, 0)
      for (const { way, load } of [...all, { way: 'kill', load: fast }, { way: 'tgkill', load: slow }]) {
        const { via, expect } = ways[way] as (typeof ways)[string]
        const target = targetOf(load)
        const usual = {
          ...{
            uid: UID,
            tid: load.pid,
            comm: 'kills',
            sig: USR1,
            signal: 'SIGUSR1',
            tpid: target,
            ttid: null,
          },
          ...{ tcomm: 'target', targets: 1, via, error: null, ret: 0 },
          ...expect?.(target),
        }
        const own = rows.filter(({ pid }) => pid === load.pid)
        if (promise === 'lossless') assert.ok(own.length >= 7, way)
        for (const { time: _, pid: __, container: ___, ...row } of own as (Row & { container?: unknown })[])
          assert.equal(row, usual, way)
      }
    })
  })
}

suite('killsnoop as it chooses itself', (test) => {
  test('-x, -s, -T, and a target hook by raw tracepoint', async () => {
    const [kill, nobody] = await Promise.all([hold('kill', 13), hold('nobody', 11)])
    const args = [['-x'], ['-s', 'USR1', '-T', String(targetOf(kill))], ['-s', 'KILL,15']]
    const tools = await Promise.all(
      args.map((words) =>
        startTool('killsnoop', ['--json', '-u', String(UID), '--hook', 'target=raw_tp', ...words]),
      ),
    )
    await Promise.all([kill.run(), nobody.run()])
    const rows = await Promise.all(tools.map(async (tool) => parseRows<Row>((await tool.stop()).stdout)))
    assert.equal(
      rows.map((own) => own.map(({ pid }) => pid)),
      [Array<number>(11).fill(nobody.pid), Array<number>(13).fill(kill.pid), []],
    )
    assert.ok(rows[1]?.every(({ tcomm }) => tcomm === 'target'))
  })
})
