// tcpconnlat on a real kernel: each connect that ended, what became of it, and no shorter than it took.
import { assert, suite } from '../../core/testing/suite.js'
import { maySkip } from '../../core/testing/promise.js'
import { holdTcp, traceTcp } from '../../core/testing/tcp.js'
import { tcpconnlat } from './tcpconnlat.js'

type Row = NonNullable<(typeof tcpconnlat)['row']>

const CONNECTS = 251
const [REFUSED, UNROUTABLE] = [7, 5]
const families = ['4', '6', '46', 'mapped'] as const
const rest = ['--refused', String(REFUSED), '--unroutable', String(UNROUTABLE)]

for (const { name: variant } of tcpconnlat.hooks[0]?.variants ?? []) {
  suite(`tcpconnlat through ${variant}`, (test) => {
    const skips = maySkip(tcpconnlat.hooks, variant)
    const hook = ['--hook', variant]

    test('connects that work and that are refused, in network namespaces of their own', async () => {
      const args = ['--connects', String(CONNECTS), ...rest, '--nonblock']
      const loads = await Promise.all(families.map((family) => holdTcp('--family', family, ...args)))
      const { rows, lost, counts } = await traceTcp<Row>(tcpconnlat, hook, loads)
      if (!skips) assert.equal([rows.length, lost], [families.length * (CONNECTS + REFUSED), 0])
      for (const [index, load] of loads.entries()) {
        const own = rows.filter(({ pid }) => pid === load.pid)
        const connected = own.filter(({ err }) => err === 0)
        const refused = own.filter(({ err }) => err !== 0)
        const said = counts[index]
        assert.equal([said?.connected, said?.refused], [CONNECTS, REFUSED])
        if (!skips) assert.equal([connected.length, refused.length], [CONNECTS, REFUSED])
        assert.ok(refused.every(({ error }) => error === 'ECONNREFUSED'))
        assert.ok(connected.every(({ rport }) => rport === load.port))
        const isIpv6 = families[index] === '6'
        const host = isIpv6 ? '::1' : '127.0.0.1'
        for (const { tid, comm, family, laddr, raddr, lport, ms, netns } of own) {
          assert.equal(
            { tid, comm, family, laddr, raddr, netns },
            {
              tid: load.pid,
              comm: 'tcp',
              family: isIpv6 ? 'ipv6' : 'ipv4',
              laddr: host,
              raddr: host,
              netns: load.netns,
            },
          )
          assert.ok(lport > 1024)
          assert.ok(ms > 0 && ms < 60_000, `${ms} ms`)
        }
      }
    })

    test('a minimum: only those whose SYN the server did not take, which is sent again a second later', async () => {
      const load = await holdTcp('--connects', '13', '--drop', '20')
      const { rows, counts } = await traceTcp<Row>(tcpconnlat, ['700', ...hook], [load])
      assert.is(counts[0]?.connected, 13)
      if (!skips) assert.is(rows.length, counts[0]?.slow)
      assert.ok(rows.every(({ ms, pid }) => ms >= 700 && pid === load.pid))
    })
  })
}
