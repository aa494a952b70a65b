// exitsnoop on a real kernel: what it says of each process is what wait(2) said to its parent.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestCgroup } from '../../core/testing/cgroup.js'
import { maySkip } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { type Ended, parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { type HeldWorkload, holdWorkload } from '../../core/testing/workload.js'
import { signalNumber } from '../../core/signal.js'
import { exitsnoop } from './exitsnoop.js'

type Row = NonNullable<(typeof exitsnoop)['row']>

/** Nobody else's: what ends as this user is the workloads' alone. */
const UID = 4242
const counts: Record<string, number> = { tp_btf: 2_003, raw_tp: 503, kprobe: 503 }
/** Of a process whose threads end all at once: test/workloads/exits.c. */
const THREADS = 6

interface Traced {
  rows: Row[]
  /** By process, of those that the workloads have waited for. */
  statuses: Map<number, number>
  loads: HeldWorkload[]
  ended: Ended
}

/** The same from a row as from wait(2). */
const statusOf = ({ code, signal, core }: Row): number =>
  signal === null ? (code ?? -1) << 8 : (signalNumber(signal) ?? -1) | (core ? 0x80 : 0)

async function trace(args: string[], workloads: string[][], cwd?: string): Promise<Traced> {
  const options = { uid: UID, ...(cwd !== undefined && { cwd }) }
  const loads = await Promise.all(workloads.map((words) => holdWorkload('exits', words, options)))
  const tool = await startTool('exitsnoop', ['--json', '-u', String(UID), ...args])
  const statuses = new Map<number, number>()
  for (const { lines } of await Promise.all(loads.map((load) => load.run())))
    for (const line of lines) {
      const [, pid, status] = /^pid=(\d+) status=(\d+)$/.exec(line) ?? []
      statuses.set(Number(pid), Number(status))
    }
  const ended = await tool.stop()
  return { rows: parseRows<Row>(ended.stdout), statuses, loads, ended }
}

for (const { name: variant } of exitsnoop.hooks[0]?.variants ?? []) {
  const skips = maySkip(exitsnoop.hooks, variant)
  suite(`exitsnoop through ${variant}`, (test) => {
    test('every end is reported or counted as lost, with the status that wait(2) gives', async () => {
      const cwd = mkdtempSync(join(tmpdir(), 'exitsnoop-'))
      chmodSync(cwd, 0o777)
      const made: Record<string, number> = {
        exit: counts[variant] ?? 0,
        signal: 211,
        core: 3,
        follower: 3,
        group: 23,
        together: 101,
      }
      try {
        const { rows, statuses, loads, ended } = await trace(
          ['--hook', variant],
          Object.entries(made).map(([way, count]) => ['--via', way, String(count)]),
          cwd,
        )
        const { events, lost } = parseClosing(ended.stderr)
        const all = Object.values(made).reduce((sum, count) => sum + count)
        assert.is(ended.status, 0)
        assert.is(statuses.size, all)
        assert.is(rows.length, events)
        // The workloads themselves end, too.
        const ends = all + loads.length
        // A program that the kernel skips cannot look whether it was the last thread, or whose.
        if (skips) assert.ok(events <= ends && events + lost >= ends && lost < ends / 10, ended.stderr)
        else assert.equal({ events, lost }, { events: ends, lost: 0 })
        if (lost > 0) console.log(`  ${lost} of ${events + lost} lost`)
        assert.is(new Set(rows.map(({ pid }) => pid)).size, rows.length, 'no process ends twice')
        const parents = new Set(loads.map(({ pid }) => pid))
        for (const row of rows) {
          const { pid, ppid, comm, uid, age } = row
          assert.equal([comm, uid], ['exits', UID])
          assert.ok(age >= 0 && age < 100, JSON.stringify(row))
          if (parents.has(pid)) continue
          assert.is(statusOf(row), statuses.get(pid), JSON.stringify(row))
          assert.ok(parents.has(ppid))
        }
        if (lost === 0) assert.is(rows.filter(({ core }) => core).length, made['core'])
        const followed = rows.filter(({ ppid }) => ppid === loads[3]?.pid)
        assert.ok(followed.every(({ tid, pid, age }) => tid > pid && age >= 0.02))
      } finally {
        rmSync(cwd, { recursive: true })
      }
    })
  })
}

suite('exitsnoop as it chooses itself', (test) => {
  test('-T: every thread, by its own name and exit code', async () => {
    const { rows, ended } = await trace(
      ['-T'],
      [
        ['--via', 'together', '53'],
        ['--via', 'follower', '2'],
      ],
    )
    assert.equal(parseClosing(ended.stderr), { events: 53 * THREADS + 2 * 2 + 2, lost: 0 })
    const followers = rows.filter(({ comm }) => comm === 'follower')
    assert.equal(
      followers.map(({ code }) => code),
      [7, 7],
    )
  })

  test('-x and --cgroup: the failures in it', async () => {
    const cgroup = new TestCgroup('exitsnoop')
    const [inside, outside] = await Promise.all([
      holdWorkload('exits', ['502']),
      holdWorkload('exits', ['31']),
    ])
    cgroup.enter(inside.pid)
    const tool = await startTool('exitsnoop', ['-x', '--json', '--cgroup', cgroup.name])
    await Promise.all([inside.run(), outside.run()])
    const { stdout, stderr } = await tool.stop()
    cgroup.remove()
    const rows = parseRows<Row>(stdout)
    // Of 251 exit codes each comes twice, and one of them is 0.
    assert.equal(parseClosing(stderr), { events: 500, lost: 0 })
    assert.ok(rows.every(({ ppid, code }) => ppid === inside.pid && code !== 0))
  })
})
