// max_backlog on a real kernel: as many as the kernel itself counts, through every way of hooking.
import { availableParallelism } from 'node:os'
import { argumentsOf } from '../../core/testing/functions.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { runTool, startTool } from '../../core/testing/tool.js'
import { startTrace } from '../../core/testing/watch.js'
import { type HeldWorkload, holdWorkload } from '../../core/testing/workload.js'
import { maxBacklog } from './max_backlog.js'

type Row = NonNullable<(typeof maxBacklog)['row']>

const variants = [...new Set(maxBacklog.hooks.flatMap((hook) => hook.variants.map(({ name }) => name)))]

interface Listeners {
  port: number
  inodes: number
  pid: number
  run(): Promise<{ connected: number; overflows: number }>
}

/**
 * Forces the variant, where it exists: the newest kernels and updates of old ones gave tcp_v4_syn_recv_sock() a seventh
 * argument, and before 6.6 (473e3150e30a) trampolines on x86 take six.
 */
async function force(variant: string): Promise<string[]> {
  const all = ['--hook', variant]
  if (variant !== 'fexit' || argumentsOf('tcp_v4_syn_recv_sock') <= 6) return all
  const { status, stderr } = await runTool('max_backlog', [...all, '--dry-run'])
  if (status === 0) return all
  assert.match(stderr, 'cannot attach ack4_fexit: ENOTSUPP')
  skipped('fexit of a function with seven arguments; kprobes there, fexit at SYNs')
  return ['ack4=kprobe', 'ack6=kprobe', 'syn=fexit'].flatMap((word) => ['--hook', word])
}

/** Listeners and clients in a network namespace of their own. */
async function hold(...args: string[]): Promise<Listeners> {
  const load: HeldWorkload = await holdWorkload('backlog', ['--netns', ...args])
  const [, port = '', inodes = ''] = /port=(\d+) inodes=([\d,]+)/.exec(load.said) ?? []
  return {
    port: Number(port),
    inodes: inodes.split(',').length,
    pid: load.pid,
    run: async () => {
      const { status, lines } = await load.run()
      const [, connected, overflows] = /connected=(\d+) overflows=(\d+)/.exec(lines[0] ?? '') ?? []
      assert.is(status, 0)
      return { connected: Number(connected), overflows: Number(overflows) }
    },
  }
}

const sum = (rows: readonly Row[]): number => rows.reduce((all, { times }) => all + times, 0)

suite('max_backlog as it chooses itself', (test) => {
  test('text, for a queue of 0', async () => {
    const load = await hold('--backlog', '0', '--clients', '7')
    const tool = await startTool('max_backlog', [])
    const { overflows } = await load.run()
    const { stdout } = await tool.stop()
    const rows = stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(/ +/))
    for (const [, pid, comm, address, queue, limit] of rows) {
      assert.equal([pid, comm, address, limit], [String(load.pid), 'backlog', `127.0.0.1:${load.port}`, '0'])
      // Mostly 1, but two CPUs that find room at the same moment both fill it.
      assert.ok(Number(queue) >= 1, `a queue of ${queue}`)
    }
    assert.is(
      rows.reduce((all, row) => all + Number(row[6]), 0),
      overflows,
    )
  })
})

for (const variant of variants) {
  suite(`max_backlog through ${variant}`, (test) => {
    let words: readonly string[] | undefined
    const trace = async (args: readonly string[], loads: readonly Listeners[]) => {
      words ??= await force(variant)
      const tracing = await startTrace<Row>(maxBacklog, [...words, ...args])
      const counts = await Promise.all(loads.map((load) => load.run()))
      const { rows, ...end } = await tracing.stop()
      assert.equal(end, { seen: rows.length, lost: 0 })
      for (const row of rows) assert.ok(row.times > 0 && row.queue > row.limit, JSON.stringify(row))
      return { rows, counts }
    }

    for (const [family, laddr] of [
      ['4', '127.0.0.1'],
      ['6', '::1'],
      ['46', '::'],
    ] as const) {
      test(`a queue of 4 and 50 clients, family ${family}`, async () => {
        const load = await hold('--family', family)
        const { rows, counts } = await trace(['-P', String(load.port)], [load])
        assert.ok((counts[0]?.overflows ?? 0) >= 45)
        assert.is(sum(rows), counts[0]?.overflows)
        for (const row of rows) {
          const { pid, comm, lport, queue, limit } = row
          // A limit of 4 holds 5, and one more for each further CPU that finds room at the same moment.
          assert.ok(queue >= 5 && queue <= 4 + availableParallelism(), `a queue of ${queue}`)
          assert.equal(
            { pid, comm, lport, limit, laddr: row.laddr, family: row.family },
            {
              pid: load.pid,
              comm: 'backlog',
              lport: load.port,
              limit: 4,
              laddr,
              family: family === '4' ? 'ipv4' : 'ipv6',
            },
          )
        }
      })
    }

    test('two network namespaces at once, each with its own count', async () => {
      const [a, b] = await Promise.all([hold('--clients', '31'), hold('--clients', '53', '--backlog', '0')])
      const { rows, counts } = await trace(['--rate', '0'], [a, b])
      for (const [load, count] of [
        [a, counts[0]],
        [b, counts[1]],
      ] as const) {
        const own = rows.filter(({ pid }) => pid === load.pid)
        assert.ok((count?.overflows ?? 0) > 0)
        assert.is(sum(own), count?.overflows)
        assert.is(new Set(own.map(({ netns }) => netns)).size, 1)
        assert.ok(
          own.every(({ times }) => times === 1),
          'a line for each',
        )
      }
      assert.is(sum(rows), (counts[0]?.overflows ?? 0) + (counts[1]?.overflows ?? 0))
    })

    test('a rate of one line a second loses no count', async () => {
      const load = await hold('--clients', '997', '--seconds', '4')
      const { rows, counts } = await trace(['--rate', '1'], [load])
      assert.ok((counts[0]?.overflows ?? 0) > 997)
      assert.is(sum(rows), counts[0]?.overflows)
      assert.ok(rows.length < 20, `${rows.length} lines`)
    })

    test('a buffer that is far too small holds the count back and loses nothing', async () => {
      const load = await hold('--clients', '997')
      const { rows, counts } = await trace(['--rate', '0', '-b', '1'], [load])
      assert.is(sum(rows), counts[0]?.overflows)
    })

    test('twins with SO_REUSEPORT', async () => {
      const load = await hold('--listeners', '3', '--clients', '101')
      const { rows, counts } = await trace([], [load])
      assert.is(load.inodes, 3)
      assert.ok((counts[0]?.overflows ?? 0) > 0)
      assert.is(sum(rows), counts[0]?.overflows)
      assert.ok(rows.every(({ pid, lport }) => pid === load.pid && lport === load.port))
    })

    test('listeners that close meanwhile', async () => {
      const load = await hold('--close', '--listeners', '2', '--clients', '101')
      const { rows, counts } = await trace([], [load])
      assert.ok((counts[0]?.overflows ?? 0) > 0)
      assert.ok(rows.every(({ lport }) => lport === load.port))
      assert.is(sum(rows), counts[0]?.overflows)
    })

    test('listeners that accept while they overflow', async () => {
      const loads = await Promise.all([
        hold('--accept', '--clients', '1009', '--backlog', '1'),
        hold('--accept', '--clients', '1009', '--backlog', '1', '--family', '6'),
      ])
      const { rows, counts } = await trace([], loads)
      for (const [index, load] of loads.entries())
        assert.is(sum(rows.filter(({ pid }) => pid === load.pid)), counts[index]?.overflows)
    })

    test('a queue that is long enough: nothing', async () => {
      const load = await hold('--backlog', '4096', '--clients', '211', '--seconds', '1')
      const { rows, counts } = await trace(['-P', String(load.port)], [load])
      assert.equal(counts, [{ connected: 211, overflows: 0 }])
      assert.equal(rows, [])
    })
  })
}
