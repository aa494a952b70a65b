// tcpconnect on a real kernel: known connects in, exactly these out, through every way of hooking.
import { assert, suite } from '../../core/testing/suite.js'
import { maySkip } from '../../core/testing/promise.js'
import { holdTcp, traceTcp } from '../../core/testing/tcp.js'
import { tcpconnect } from './tcpconnect.js'

type Row = NonNullable<(typeof tcpconnect)['row']>

const CONNECTS = 503
const families = ['4', '6', '46', 'mapped'] as const
const [REFUSED, UNROUTABLE] = [7, 5]

const rest = ['--refused', String(REFUSED), '--unroutable', String(UNROUTABLE)]
const isIpv6 = (family: string): boolean => family === '6'

for (const { name: variant } of tcpconnect.hooks[0]?.variants ?? []) {
  suite(`tcpconnect through ${variant}`, (test) => {
    const skips = maySkip(tcpconnect.hooks, variant)
    // A return probe has few instances, on 5.10 as many as CPUs, and a search for a port lets other threads run.
    const lossless = !skips && variant !== 'kprobe'
    const hook = ['--hook', variant]

    test('four processes, each in a network namespace of its own: over IPv4, IPv6, and both', async () => {
      const loads = await Promise.all(
        families.map((family) =>
          holdTcp('--family', family, '--connects', String(CONNECTS), ...rest, '--nonblock'),
        ),
      )
      const { rows, lost, counts } = await traceTcp<Row>(tcpconnect, ['-x', ...hook], loads)
      const made = families.length * (CONNECTS + REFUSED + UNROUTABLE)
      // A skipped program cannot look whether it was the inner one of the two that a mapped address comes through.
      if (skips) assert.ok(rows.length <= made && rows.length + lost >= made)
      else assert.is(rows.length + lost, made)
      assert.ok(lost <= (lossless ? 0 : made / 2), `${lost} lost`)
      for (const [index, family] of families.entries()) {
        const load = loads[index]
        const own = rows.filter(({ pid }) => pid === load?.pid)
        const connected = own.filter(({ rport }) => rport === load?.port)
        const unroutable = own.filter(({ err }) => err !== 0)
        const said = counts[index]
        assert.equal([said?.connected, said?.refused, said?.unroutable], [CONNECTS, REFUSED, UNROUTABLE])
        if (lossless) assert.equal([connected.length, unroutable.length], [CONNECTS, UNROUTABLE])
        assert.is(new Set(own.map(({ netns }) => netns)).size, 1)
        const host = isIpv6(family) ? '::1' : '127.0.0.1'
        for (const { tid, uid, comm, family: over, laddr, raddr, lport, error } of connected) {
          assert.equal(
            { tid, uid, comm, over, laddr, raddr, error },
            {
              tid: load?.pid,
              uid: 0,
              comm: 'tcp',
              over: isIpv6(family) ? 'ipv6' : 'ipv4',
              laddr: host,
              raddr: host,
              error: null,
            },
          )
          assert.ok(lport > 1024)
        }
        for (const { error, raddr, rport, family: over } of unroutable) {
          const nowhere = isIpv6(family) ? '2001:db8::1' : '192.0.2.1'
          assert.equal(
            [error, raddr, rport, over],
            ['ENETUNREACH', nowhere, 9, isIpv6(family) ? 'ipv6' : 'ipv4'],
          )
        }
      }
      assert.is(new Set(rows.map(({ netns }) => netns)).size, families.length)
    })

    test('without -x those that sent a SYN; -4, -6, -P and -p in the kernel', async () => {
      const [v4, mapped, v6] = await Promise.all(
        (['4', 'mapped', '6'] as const).map((family) =>
          holdTcp('--family', family, '--connects', '13', ...rest),
        ),
      )
      if (v4 === undefined || mapped === undefined || v6 === undefined) throw new Error('three were started')
      const [over4, over6] = await Promise.all([
        traceTcp<Row>(tcpconnect, ['-4', '-P', `${v4.port},${mapped.port}`, ...hook], [v4, mapped]),
        traceTcp<Row>(tcpconnect, ['-6', '-p', String(v6.pid), ...hook], [v6]),
      ])
      if (lossless) assert.equal([over4.rows.length, over6.rows.length], [26, 13 + REFUSED])
      assert.ok(over4.rows.every(({ family, err }) => family === 'ipv4' && err === 0))
      assert.ok(over6.rows.every(({ pid, family, err }) => pid === v6.pid && family === 'ipv6' && err === 0))
    })
  })
}
