// tcpaccept on a real kernel: as many as accept(2) returned, through every way of hooking.
import { assert, suite } from '../../core/testing/suite.js'
import { maySkip } from '../../core/testing/promise.js'
import { holdTcp, traceTcp } from '../../core/testing/tcp.js'
import { tcpaccept } from './tcpaccept.js'

type Row = NonNullable<(typeof tcpaccept)['row']>

const CONNECTS = 503
const families = ['4', '6', '46', 'mapped'] as const

for (const { name: variant } of tcpaccept.hooks[0]?.variants ?? []) {
  suite(`tcpaccept through ${variant}`, (test) => {
    const skips = maySkip(tcpaccept.hooks, variant)
    const hook = ['--hook', variant]

    test('servers that wait in accept(2) already, in network namespaces of their own', async () => {
      const loads = await Promise.all(
        families.map((family) => holdTcp('--family', family, '--connects', String(CONNECTS), '--early')),
      )
      const { rows, lost, counts } = await traceTcp<Row>(tcpaccept, hook, loads)
      assert.is(rows.length + lost, families.length * CONNECTS)
      if (!skips) assert.is(lost, 0)
      for (const [index, load] of loads.entries()) {
        const own = rows.filter(({ pid }) => pid === load.pid)
        const isIpv6 = families[index] === '6'
        assert.is(counts[index]?.accepted, CONNECTS)
        if (!skips) {
          assert.is(own.length, CONNECTS)
          // Only of the accept that had begun before it is the listener unknown.
          assert.equal(own.map(({ queue }) => queue === null).indexOf(true), 0)
          assert.is(own.filter(({ queue }) => queue === null).length, 1)
        }
        assert.is(new Set(own.map(({ netns }) => netns)).size, 1)
        const host = isIpv6 ? '::1' : '127.0.0.1'
        for (const { tid, uid, comm, family, laddr, raddr, lport, limit } of own) {
          assert.equal(
            { tid, uid, comm, family, laddr, raddr, lport },
            {
              tid: counts[index]?.server_tid,
              uid: 0,
              comm: 'tcp',
              family: isIpv6 ? 'ipv6' : 'ipv4',
              laddr: host,
              raddr: host,
              lport: load.port,
            },
          )
          assert.ok(limit === null || limit === 128)
        }
      }
    })

    test('the queue shrinks from accept to accept', async () => {
      const load = await holdTcp('--connects', '23', '--hold', '--backlog', '31')
      const { rows } = await traceTcp<Row>(tcpaccept, ['-P', String(load.port), ...hook], [load])
      if (skips) assert.ok(rows.length <= 23)
      else
        assert.equal(
          rows.map(({ queue, limit }) => [queue, limit]),
          Array.from({ length: 23 }, (_, taken) => [22 - taken, 31]),
        )
    })

    test('-4, -6 and -P in the kernel', async () => {
      const [v4, v6, dual] = await Promise.all(
        (['4', '6', '46'] as const).map((family) => holdTcp('--family', family, '--connects', '13')),
      )
      if (v4 === undefined || v6 === undefined || dual === undefined) throw new Error('three were started')
      const [over4, over6] = await Promise.all([
        traceTcp<Row>(tcpaccept, ['-4', '-P', `${v4.port},${dual.port}`, ...hook], [v4, dual]),
        traceTcp<Row>(tcpaccept, ['-6', '-p', String(v6.pid), ...hook], [v6]),
      ])
      if (!skips) assert.equal([over4.rows.length, over6.rows.length], [26, 13])
      assert.ok(over4.rows.every(({ family }) => family === 'ipv4'))
      assert.ok(over6.rows.every(({ family }) => family === 'ipv6'))
    })
  })
}
