// tcplife on a real kernel: every session once, to the byte, and whose it was, through every way of hooking.
import { assert, suite } from '../../core/testing/suite.js'
import { maySkip } from '../../core/testing/promise.js'
import { type HeldTcp, holdTcp, type TcpCounts, traceTcp } from '../../core/testing/tcp.js'
import { tcplife } from './tcplife.js'

type Row = NonNullable<(typeof tcplife)['row']>

const SESSIONS = 101
const families = ['4', '6', '46', 'mapped'] as const

/** The first words force each variant of each hook once. */
const ways = [
  ['state=tp_btf', 'accept=fentry'],
  ['state=kprobe', 'accept=kprobe'],
  ['state=raw_tp', 'accept=fentry'],
]

/** Of one workload, told apart by who listens. */
function sidesOf(rows: readonly Row[], { netns, port }: HeldTcp): { clients: Row[]; servers: Row[] } {
  const own = rows.filter((row) => row.netns === netns)
  return {
    clients: own.filter(({ rport }) => rport === port),
    servers: own.filter(({ lport }) => lport === port),
  }
}

/** Expects these fields, among others. */
function expectRow(row: Row, expected: Partial<Row>): void {
  assert.equal(Object.fromEntries(Object.keys(expected).map((key) => [key, row[key as keyof Row]])), expected)
}

for (const way of ways) {
  suite(`tcplife through ${way.join(' ')}`, (test) => {
    const skips = maySkip(tcplife.hooks, way[0]?.split('=')[1] ?? '')
    const hook = way.flatMap((word) => ['--hook', word])

    test('sessions in network namespaces of their own, and connects that fail', async () => {
      const loads = await Promise.all(
        families.map((family, index) =>
          holdTcp(
            ...['--family', family, '--connects', String(SESSIONS), '--refused', '7'],
            ...['--send', String(70_001 + index), '--answer', String(1009 * index)],
          ),
        ),
      )
      const { rows, lost, counts } = await traceTcp<Row>(tcplife, hook, loads)
      if (!skips) assert.equal([rows.length, lost], [2 * families.length * SESSIONS, 0])
      for (const [index, load] of loads.entries()) {
        const { clients, servers } = sidesOf(rows, load)
        const isIpv6 = families[index] === '6'
        const host = isIpv6 ? '::1' : '127.0.0.1'
        const common = { pid: load.pid, comm: 'tcp', uid: 0, error: null }
        const ends = { family: isIpv6 ? 'ipv6' : 'ipv4', laddr: host, raddr: host } as const
        const [asked, answered] = [70_001 + index, 1009 * index]
        if (!skips) assert.equal([clients.length, servers.length], [SESSIONS, SESSIONS])
        for (const row of clients)
          expectRow(row, { ...common, ...ends, tid: load.pid, sent: asked, received: answered })
        const tid = (counts[index] as TcpCounts).server_tid
        for (const row of servers)
          expectRow(row, { ...common, ...ends, tid, sent: answered, received: asked })
        for (const { ms, lport, rport } of [...clients, ...servers])
          assert.ok(lport !== rport && (skips || (ms !== null && ms > 0 && ms < 60_000)), `${ms} ms`)
      }
    })

    test('sessions that the other side resets are those of who accepted them', async () => {
      const load = await holdTcp('--connects', '23', '--reset', '--send', '5003', '--answer', '307')
      const { rows, counts } = await traceTcp<Row>(tcplife, ['-L', String(load.port), ...hook], [load])
      if (!skips) assert.is(rows.length, 23)
      for (const { lport, pid, tid, error, received } of rows)
        assert.equal(
          { lport, error, received, ...(!skips && { pid, tid }) },
          {
            ...{ lport: load.port, error: 'ECONNRESET', received: 5003 },
            ...(!skips && { pid: load.pid, tid: counts[0]?.server_tid }),
          },
        )
    })

    test('sessions that began before have no duration; -p, -6 and -D in the kernel', async () => {
      const [begun, other] = await Promise.all([
        holdTcp('--begun', '--connects', '13', '--send', '4001', '--answer', '1'),
        holdTcp('--connects', '11', '--family', '6'),
      ])
      const args = [
        ['-p', String(begun.pid)],
        ['-6', '-D', `${begun.port},${other.port}`],
      ]
      const [own, remote] = await Promise.all([
        traceTcp<Row>(tcplife, [...(args[0] as string[]), ...hook], [begun]),
        traceTcp<Row>(tcplife, [...(args[1] as string[]), ...hook], [other]),
      ])
      assert.ok(own.rows.every(({ pid, ms }) => pid === begun.pid && ms === null))
      assert.ok(remote.rows.every(({ rport, family }) => rport === other.port && family === 'ipv6'))
      if (skips) return
      const { clients, servers } = sidesOf(own.rows, begun)
      assert.equal([clients.length, servers.length, remote.rows.length], [13, 13, 11])
      assert.ok(servers.every(({ sent, received }) => sent === 1 && received === 4001))
      // The SYN counts too.
      assert.ok(clients.every(({ sent, received }) => sent === 4002 && received === 1))
    })
  })
}
