// tcpdrop on a real kernel: what is known to be dropped, as often as the kernel counts it, with its reason and place.
import { readFileSync } from 'node:fs'
import { expectAccount, promiseOf } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { startTrace } from '../../core/testing/watch.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { tcpdrop } from './tcpdrop.js'

type Row = NonNullable<(typeof tcpdrop)['row']>

const [REFUSED, BAD, FILTERED] = [53, 101, 211]
const SESSIONS = 31

const skbTypes = readFileSync('/sys/kernel/btf/vmlinux')
/** Whether this kernel says why (5.17), and to whom (6.11). */
const saysWhy = skbTypes.includes('\0SKB_DROP_REASON_NO_SOCKET\0')
const saysWhose = skbTypes.includes('\0sk_skb_reason_drop\0')

const ways = [
  ['drop=tp_btf', 'timewait=fentry'],
  ['drop=raw_tp', 'timewait=kprobe'],
]

async function hold(family: '4' | '6', ...args: string[]) {
  const load = await holdWorkload('drops', ['--family', family, ...args])
  const said = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(load.said)?.[1])
  return {
    ...{ family, load },
    pid: load.pid,
    port: said('port'),
    closed: said('closed'),
    netns: said('netns'),
  }
}

for (const way of ways) {
  suite(`tcpdrop through ${way.join(' ')}`, (test) => {
    const promise = promiseOf(tcpdrop.hooks, way[0]?.split('=')[1] ?? '')
    const hook = way.flatMap((word) => ['--hook', word])

    test('refused, damaged and filtered packets, and sessions without a drop', async () => {
      const args = [
        ...['--refused', String(REFUSED), '--bad', String(BAD), '--filtered', String(FILTERED)],
        ...['--sessions', String(SESSIONS)],
      ]
      const loads = [await hold('4', ...args), await hold('6', ...args)]
      const tracing = await startTrace<Row>(tcpdrop, ['-k', ...hook])
      for (const { load } of loads) {
        const { status, lines } = await load.run()
        assert.equal([status, lines], [0, [`refused=${REFUSED} bad=${BAD} filtered=${FILTERED}`]])
      }
      const { rows, seen, lost } = await tracing.stop()
      assert.is(rows.length, seen)
      // What else is dropped here, such as by an NFS server, is no business of the workloads'.
      const known = new Set(loads.map(({ netns }) => netns))
      const made = rows.filter(({ netns }) => known.has(netns))
      expectAccount(promise, made.length, lost, loads.length * (REFUSED + BAD + FILTERED))
      if (promise === 'lossless') assert.is(lost, 0)
      for (const { family, pid, port, closed, netns } of loads) {
        const own = made.filter((row) => row.netns === netns)
        const [to, host] = family === '6' ? ['tcp_v6_rcv', '::1'] : ['tcp_v4_rcv', '127.0.0.1']
        const count = (dport: number, reason: string): number =>
          own.filter((row) => row.dport === dport && (!saysWhy || row.reason === reason)).length
        if (promise === 'lossless') {
          assert.is(count(closed, 'NO_SOCKET'), REFUSED)
          assert.is(count(port, 'TCP_CSUM'), saysWhy ? BAD : BAD + FILTERED)
          assert.is(count(port, 'SOCKET_FILTER'), saysWhy ? FILTERED : BAD + FILTERED)
        }
        for (const { saddr, daddr, flags, bytes, location, stack, reason, ...row } of own) {
          assert.equal([saddr, daddr, flags, bytes], [host, host, 'SYN', 0])
          assert.equal([location, stack[0]], [to, to])
          assert.ok(stack.length > 3, stack.join(' '))
          const isFiltered = saysWhose && reason === 'SOCKET_FILTER'
          assert.is(row.state, isFiltered ? 'listen' : null)
          // Who has ended meanwhile has no socket any more.
          assert.ok(row.pid === null || (isFiltered && row.pid === pid), `${row.pid} ${row.state}`)
          assert.ok(saysWhy === (reason !== null))
        }
      }
    })

    test('-6 in the kernel', async () => {
      const loads = [await hold('4', '--refused', '7'), await hold('6', '--refused', '11')]
      const tracing = await startTrace<Row>(tcpdrop, ['-6', ...hook])
      for (const { load } of loads) await load.run()
      const { rows } = await tracing.stop()
      assert.ok(rows.every(({ family, stack }) => family === 'ipv6' && stack.length === 0))
      if (promise === 'lossless') assert.is(rows.length, 11)
    })
  })
}
