// tcpsynbl on a real kernel: as many as the kernel itself counts, for each network namespace and each socket.
import { readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { argumentsOf } from '../../core/testing/functions.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, runTool, startTool } from '../../core/testing/tool.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { tcpsynbl } from './tcpsynbl.js'

type Row = NonNullable<(typeof tcpsynbl)['row']> & { total?: true; time: string }

const ways = { trampolines: ['fexit', 'fentry'], kprobes: ['kprobe'] }

/** How far counts of the workload's network namespace, and each of its sockets' sk_drops, have grown. */
interface Growth {
  overflows: number
  drops: number
  cookies: number
  syn_drops: number
  syn_cookies: number
  socketDrops: number[]
}

interface Load {
  pid: number
  port: number
  netns: number
  /** Lets it go; resolves when it has said its counts and nothing comes to its listeners any more, which stay. */
  run(): Promise<Growth>
  end(): Promise<void>
}

/** A workload in a network namespace of its own. */
async function hold(name: 'backlog' | 'syns', ...args: string[]): Promise<Load> {
  const own = name === 'backlog' ? ['--netns'] : []
  const load = await holdWorkload(name, [...own, ...args, '--linger', '600'])
  const port = Number(/port=(\d+)/.exec(load.said)?.[1])
  const netns = Number(/\d+/.exec(readlinkSync(`/proc/${load.pid}/ns/net`))?.[0])
  let ended: Promise<unknown> | undefined
  return {
    pid: load.pid,
    port,
    netns,
    run: async () => {
      ended = load.run()
      while (!/socket_drops=.*\n/.test(load.said)) await sleep(20)
      const words = load.said.split('\n')[1] ?? ''
      const count = (key: string): number => Number(new RegExp(` ${key}=(\\d+)`).exec(words)?.[1])
      return {
        overflows: count('overflows'),
        drops: count('drops'),
        cookies: count('cookies'),
        syn_drops: count('syn_drops'),
        syn_cookies: count('syn_cookies'),
        socketDrops: (/socket_drops=(.*)/.exec(words)?.[1] ?? '').split(',').map(Number),
      }
    },
    end: async () => {
      process.kill(load.pid)
      await ended
    },
  }
}

const sum = (
  rows: readonly Row[],
  key: 'seen' | 'overflows' | 'drops' | 'cookies' | 'synQueueFull',
): number => rows.reduce((all, row) => all + row[key], 0)

const notZero = (counts: readonly number[]): number[] => counts.filter(Boolean).toSorted((a, b) => a - b)

/** The rows of one workload say what the kernel counted in its namespace and for its sockets. */
function check(rows: readonly Row[], load: Load, growth: Growth, what: string): Row[] {
  const own = rows.filter(({ netns }) => netns === load.netns)
  const told = {
    overflows: sum(own, 'overflows'),
    drops: sum(own, 'drops'),
    cookies: sum(own, 'cookies'),
    synQueueFull: sum(own, 'synQueueFull'),
    socketDrops: notZero(own.map(({ socketDrops }) => socketDrops)),
  }
  const { overflows, drops, cookies, syn_drops, syn_cookies, socketDrops } = growth
  assert.equal(
    told,
    { overflows, drops, cookies, synQueueFull: syn_drops + syn_cookies, socketDrops: notZero(socketDrops) },
    what,
  )
  for (const row of own) {
    assert.is(row.overflows, row.overflowsAtAck + row.overflowsAtSyn)
    assert.is(row.lport, load.port, what)
    assert.is(row.pid, load.pid, what)
  }
  return own
}

/** Before 6.6 (473e3150e30a) trampolines on x86 take six arguments; some kernels' functions have seven. */
async function force(way: keyof typeof ways, ...args: string[]): Promise<string[]> {
  const all = [
    ...ways[way].flatMap((name) => (args.includes('--sockets') || name !== 'fexit' ? ['--hook', name] : [])),
    ...args,
  ]
  if (way === 'kprobes' || argumentsOf('tcp_v4_syn_recv_sock') <= 6) return all
  const { status, stderr } = await runTool('tcpsynbl', [...all, '--dry-run'])
  if (status === 0) return all
  assert.match(stderr, /cannot attach (ack4_fexit|seen4_fentry): ENOTSUPP/)
  skipped('trampolines at functions with seven arguments; kprobes there')
  const names = args.includes('--sockets') ? ['ack4', 'ack6'] : ['seen4', 'seen6']
  const others = args.includes('--sockets') ? ['--hook', 'syn=fexit', '--hook', 'fentry'] : []
  return [...names.flatMap((name) => ['--hook', `${name}=kprobe`]), ...others, ...args]
}

for (const way of ['trampolines', 'kprobes'] as const) {
  suite(`tcpsynbl by ${way}`, (test) => {
    /** Traces these workloads together, and checks each. */
    const trace = async (kinds: Readonly<Record<string, readonly ['backlog' | 'syns', ...string[]]>>) => {
      const loads = new Map<string, Load>()
      for (const [what, [name, ...args]] of Object.entries(kinds)) loads.set(what, await hold(name, ...args))
      const tool = await startTool('tcpsynbl', await force(way, '--sockets', '--json'))
      const growths = new Map<string, Growth>()
      // Not all at once: of two calls of listen(2) that cut in on each other a trampoline may miss one.
      const runs = [...loads].map(async ([what, load], index) => {
        await sleep(100 * index)
        growths.set(what, await load.run())
      })
      await Promise.all(runs)
      const { status, stdout, stderr } = await tool.stop()
      await Promise.all([...loads.values()].map((load) => load.end()))
      assert.is(status, 0)
      const rows = parseRows<Row>(stdout)
      assert.ok(rows.every(({ total }) => total === true))
      assert.equal(parseClosing(stderr), { events: sum(rows, 'seen'), lost: 0 })
      const own = new Map<string, Row[]>()
      for (const [what, load] of loads) {
        const growth = growths.get(what) as Growth
        console.log(`  ${what}: ${JSON.stringify(growth)}`)
        own.set(what, check(rows, load, growth, what))
      }
      return { own, growths, stderr }
    }

    test('SYNs dropped in every way', async () => {
      const { own, growths } = await trace({
        'SYN queue full, 4': ['syns', '--half', '41', '--backlog', '16'],
        'SYN queue full, 6': ['syns', '--half', '41', '--backlog', '16', '--family', '6'],
        'cookies, 4': ['syns', '--half', '41', '--backlog', '16', '--syncookies', '1'],
        'cookies, 6': ['syns', '--half', '41', '--backlog', '16', '--syncookies', '1', '--family', '6'],
        'always cookies, 4': ['syns', '--half', '41', '--syncookies', '2'],
        'no way back, 4': ['syns', '--noroute', '13'],
        'no way back, 6': ['syns', '--noroute', '13', '--family', '6'],
        'broadcast, 4': ['syns', '--shared', '17'],
        'anycast, 6': ['syns', '--shared', '17', '--family', '6'],
        'ICMP errors, 4': ['syns', '--half', '23', '--errors', '11'],
        'ICMP errors, 6': ['syns', '--half', '23', '--errors', '11', '--family', '6'],
        'at the ACK, 4': ['syns', '--whole', '10', '--half', '16', '--acks', '--backlog', '16'],
        'at the ACK, 6': [
          'syns',
          '--whole',
          '10',
          '--half',
          '16',
          '--acks',
          '--backlog',
          '16',
          '--family',
          '6',
        ],
        'both queues full, cookies': [
          'syns',
          '--whole',
          '3',
          '--half',
          '41',
          '--acks',
          '--backlog',
          '2',
          '--syncookies',
          '1',
        ],
        'both queues full': ['syns', '--whole', '17', '--half', '41', '--backlog', '16'],
      })
      // The workloads are what they are meant to be.
      for (const [what, kernels] of growths) assert.ok(kernels.drops + kernels.cookies >= 9, what)
      for (const what of ['at the ACK, 4', 'at the ACK, 6']) {
        const [row] = own.get(what) ?? []
        assert.equal(
          {
            seen: row?.seen,
            ack: row?.overflowsAtAck,
            syn: row?.overflowsAtSyn,
            queue: row?.queue,
            max: row?.queueMax,
          },
          { seen: 26, ack: 9, syn: 0, queue: 17, max: 17 },
        )
        // The packet that found the queue full is dropped a second time, which only the socket counts.
        assert.is(row?.socketDrops, (row?.drops ?? 0) + 9)
      }
    })

    test('listeners of every kind', async () => {
      const { own, growths, stderr } = await trace({
        'IPv4, asked for more': [
          'backlog',
          '--late',
          '--somaxconn',
          '4',
          '--backlog',
          '511',
          '--clients',
          '101',
        ],
        'IPv6, asked for less': ['backlog', '--late', '--family', '6'],
        'IPv4 to dual-stack': ['backlog', '--family', '46', '--clients', '53'],
        twins: ['backlog', '--listeners', '3', '--clients', '101'],
        'closed meanwhile': ['backlog', '--close', '--listeners', '2', '--clients', '101'],
        'accepting, 4': ['backlog', '--accept', '--clients', '499', '--backlog', '1'],
        'accepting, 6': ['backlog', '--accept', '--clients', '499', '--backlog', '1', '--family', '6'],
        'long enough': ['backlog', '--backlog', '4096', '--clients', '211'],
      })
      const first = (what: string): Row | undefined => own.get(what)?.[0]
      for (const [what, family, laddr, asked] of [
        ['IPv4, asked for more', 'ipv4', '127.0.0.1', 511],
        ['IPv6, asked for less', 'ipv6', '::1', 4],
        ['IPv4 to dual-stack', 'ipv6', '::', null],
      ] as const) {
        const row = first(what) as Row
        assert.equal(
          [row.family, row.laddr, row.comm, row.limit, row.asked],
          [family, laddr, 'backlog', 4, asked],
          what,
        )
        // Five find room; two CPUs that find the last place at the same moment both take it.
        const { seen, overflowsAtAck, queue, queueMax, buckets } = row
        assert.ok(queue >= 5 && queueMax >= queue, what)
        assert.is(seen, queue + overflowsAtAck, what)
        assert.is(
          buckets.reduce((all, [, , count = 0]) => all + count, 0),
          seen,
          what,
        )
      }
      assert.is(first('IPv4, asked for more')?.somaxconn, 4)
      assert.is(own.get('twins')?.length, 3)
      assert.is(own.get('closed meanwhile')?.length, 2)
      assert.is(growths.get('long enough')?.drops, 0)
      assert.equal(first('long enough')?.seen, 211)
      assert.match(
        stderr,
        /^tcpsynbl: backlog \(pid \d+\) 127\.0\.0\.1:\d+ was full \d+ times in [\d.]+ s: queue \d+ of 4; it asked for 511, net\.core\.somaxconn here is 4: raise somaxconn/m,
      )
    })

    test('intervals: their sum is the whole', async () => {
      const loads = await Promise.all([
        hold('backlog', '--clients', '499', '--accept', '--backlog', '1'),
        hold('backlog', '--family', '6'),
      ])
      const tool = await startTool('tcpsynbl', await force(way, '--sockets', '--json', '0.5'))
      const growths: Growth[] = []
      for (const load of loads) {
        growths.push(await load.run())
        // So that each has reports of its own.
        while (!tool.stdout.includes(`"netns":${load.netns}`)) await sleep(50)
      }
      const rows = parseRows<Row>((await tool.stop()).stdout)
      await Promise.all(loads.map((load) => load.end()))
      const parts = rows.filter(({ total }) => total !== true)
      const totals = rows.filter(({ total }) => total === true)
      assert.ok(new Set(parts.map(({ time }) => time)).size > 1)
      for (const [index, load] of loads.entries()) {
        const growth = growths[index] as Growth
        const own = parts.filter(({ netns }) => netns === load.netns)
        assert.is(sum(own, 'overflows'), growth.overflows)
        assert.is(sum(own, 'drops'), growth.drops)
        check(totals, load, growth, 'total')
      }
    })

    test('the histogram: each handshake once, by limit', async () => {
      const loads = await Promise.all([
        hold('backlog', '--family', '46', '--backlog', '105', '--clients', '13'),
        hold('backlog', '--family', '6', '--backlog', '106', '--clients', '17'),
        hold('backlog', '--backlog', '107', '--clients', '19'),
      ])
      const ports = loads.slice(1).map(({ port }) => String(port))
      const tool = await startTool('tcpsynbl', await force(way, '--json'))
      const only = await startTool('tcpsynbl', await force(way, '--json', '-6', '-P', ports.join(',')))
      await Promise.all(loads.map((load) => load.run()))
      type Report = { limit: number; count: number; min: number; max: number; sum: number }
      const read = (stdout: string): [number, number][] => {
        const reports = parseRows<Report>(stdout).filter(({ limit }) => limit >= 105 && limit <= 107)
        // The queue has grown by each; two CPUs may find it equally long.
        for (const { count, min, max, sum: all } of reports)
          assert.ok(min === 0 && max < count && max > 0 && all <= (count * (count - 1)) / 2)
        return reports
          .map(({ limit, count }): [number, number] => [limit, count])
          .toSorted(([a], [b]) => a - b)
      }
      assert.equal(read((await tool.stop()).stdout), [
        [105, 13],
        [106, 17],
        [107, 19],
      ])
      assert.equal(read((await only.stop()).stdout), [[106, 17]])
      await Promise.all(loads.map((load) => load.end()))
    })
  })
}
