// tcpretrans on a real kernel: as many segments as the kernel counts as RetransSegs, through every way of hooking.
import { assert, suite } from '../../core/testing/suite.js'
import { expectAccount, promiseOf } from '../../core/testing/promise.js'
import { type HeldTcp, holdTcp, type TcpCounts, traceTcp } from '../../core/testing/tcp.js'
import { tcpretrans } from './tcpretrans.js'

type Row = NonNullable<(typeof tcpretrans)['row']>

const families = ['4', '6', '46', 'mapped'] as const

/** Each variant of each hook once. */
const ways = [
  { segments: 'fexit', synacks: 'tp_btf' },
  { segments: 'kprobe', synacks: 'raw_tp' },
]

const segmentsOf = (rows: readonly Row[], { netns }: HeldTcp): number =>
  rows.filter((row) => row.netns === netns).reduce((sum, { segs }) => sum + segs, 0)

/**
 * As many as RetransSegs, but for losses: where kernels preempt, where a softirq cuts in on a program, and where a return
 * probe has no instance left. They are counted, but for kprobes before 6.7.
 */
function expectSegments(
  way: string,
  rows: readonly Row[],
  lost: number,
  loads: readonly HeldTcp[],
  counts: readonly (TcpCounts | undefined)[],
): void {
  const made = counts.map((count) => count?.retransmitted ?? 0)
  const uncounted = promiseOf(tcpretrans.hooks, way) === 'uncounted'
  for (const [index, load] of loads.entries()) {
    const [seen, own] = [segmentsOf(rows, load), made[index] ?? 0]
    if (uncounted) assert.ok(seen <= own && seen >= Math.min(own - 2, own * 0.9), `${seen} of ${own}`)
    else if (lost === 0) assert.is(seen, own)
    else expectAccount('counted', seen, lost, own)
  }
  const all = made.reduce((sum, own) => sum + own, 0)
  if (lost > 0) console.log(`  ${lost} lost of ${all}`)
  assert.ok(lost <= Math.max(2, all / 10), `${lost} lost of ${all}`)
}

for (const { segments, synacks } of ways) {
  suite(`tcpretrans through ${segments} and ${synacks}`, (test) => {
    const hook = ['--hook', `segments=${segments}`, '--hook', `synacks=${synacks}`]

    test('connections that lose a fifth of what is sent, in network namespaces of their own', async () => {
      const loads = await Promise.all(
        families.map((family) =>
          // They wait for an answer with the socket still open.
          holdTcp(
            ...['--family', family, '--connects', '5', '--drop', '20'],
            ...['--send', '1000000', '--answer', '1'],
          ),
        ),
      )
      const { rows, lost, counts } = await traceTcp<Row>(tcpretrans, hook, loads)
      for (const [index, load] of loads.entries()) {
        const own = rows.filter(({ netns }) => netns === load.netns)
        const made = counts[index]?.retransmitted ?? 0
        assert.ok(made > 5, `${made} retransmitted`)
        const isIpv6 = families[index] === '6'
        for (const { family, laddr, raddr, lport, rport, pid, comm, segs } of own) {
          const host = isIpv6 ? '::1' : '127.0.0.1'
          assert.equal([family, laddr, raddr], [isIpv6 ? 'ipv6' : 'ipv4', host, host])
          assert.ok(lport === load.port || rport === load.port)
          assert.ok(segs > 0)
          // A connection that nobody holds any more, such as one that waits for its last ACK, has no process.
          assert.ok(pid === null || (pid === load.pid && comm === 'tcp'), `${pid} ${comm}`)
        }
      }
      expectSegments(segments, rows, lost, loads, counts)
      const states = new Set(rows.map(({ state }) => state))
      assert.ok(states.has('established'), [...states].join(' '))
      assert.ok(rows.some(({ pid }) => pid !== null))
    })

    test('-6 in the kernel; a network that drops nothing', async () => {
      const [v4, v6, clean] = await Promise.all([
        holdTcp('--connects', '2', '--send', '1000000', '--drop', '20'),
        holdTcp('--family', '6', '--connects', '3', '--send', '1000000', '--drop', '20'),
        holdTcp('--family', '6', '--connects', '53', '--send', '10000'),
      ])
      const { rows, lost, counts } = await traceTcp<Row>(tcpretrans, ['-6', ...hook], [v4, v6, clean])
      assert.is(segmentsOf(rows, v4), 0)
      // A machine that is slow sends again for no reason.
      expectSegments(segments, rows, lost, [v6, clean], counts.slice(1))
    })
  })
}
