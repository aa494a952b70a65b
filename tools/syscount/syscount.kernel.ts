// syscount on a real kernel: calls in known numbers, 32-bit ones and failures included, through every way of hooking.
import { maySkip } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import { holdWorkload } from '../../core/testing/workload.js'
import { syscount } from './syscount.js'

type Row = NonNullable<(typeof syscount)['row']> & { total?: true }

/** Nobody else's: what is called as this user are the workloads' calls. */
const UID = 4242

interface Traced {
  rows: Row[]
  lost: number
  pids: number[]
}

/** The report of the whole span, while the workloads run. */
async function trace(args: string[], loads: [via: string, count: number][]): Promise<Traced> {
  const held = await Promise.all(
    loads.map(([via, count]) => holdWorkload('calls', ['--via', via, String(count)], { uid: UID })),
  )
  const tool = await startTool('syscount', ['--json', '-u', String(UID), ...args])
  for (const { status } of await Promise.all(held.map((load) => load.run()))) assert.is(status, 0)
  const { status, stdout, stderr } = await tool.stop()
  assert.is(status, 0)
  const { events, lost } = parseClosing(stderr)
  const all = parseRows<Row>(stdout)
  // With an interval the whole span comes after the reports, without one it is all there is.
  const reports = all.filter(({ total }) => total === undefined)
  const rows = reports.length > 0 ? reports : all
  assert.is(
    rows.reduce((sum, { count }) => sum + count, 0),
    events,
  )
  return { rows, lost, pids: held.map(({ pid }) => pid) }
}

const countOf = (rows: readonly Row[], syscall: string, abi: string): number =>
  rows.find((row) => row.syscall === syscall && row.abi === abi)?.count ?? 0

/** Where the kernel skips programs, those that it has skipped are lost, and some are of others. */
function expectCalls(
  rows: readonly Row[],
  lost: number,
  made: Record<string, [abi: string, count: number]>,
): void {
  for (const [syscall, [abi, count]] of Object.entries(made)) {
    const seen = countOf(rows, syscall, abi)
    assert.ok(seen <= count && seen >= count - lost, `${seen} of ${count} ${syscall}, ${lost} lost`)
  }
}

for (const { name: variant } of syscount.hooks[0]?.variants ?? []) {
  const skips = maySkip(syscount.hooks, variant)
  suite(`syscount through ${variant}`, (test) => {
    test('every call, native and 32-bit, working and failing, of several threads; returns from signals', async () => {
      const { rows, lost } = await trace(
        ['--hook', variant],
        [
          ['each', 503],
          ['signal', 211],
          ['threads', 307],
          ['compat', 401],
        ],
      )
      if (skips) console.log(`  ${lost} lost`)
      else assert.is(lost, 0)
      assert.equal(
        [countOf(rows, '[unknown: -1]', 'x64'), rows.filter(({ syscall }) => syscall === null).length],
        [0, 0],
      )
      expectCalls(rows, lost, { getppid: ['x64', 503 + 3 * 307], lseek: ['x64', 3 * 503] })
      expectCalls(rows, lost, { getppid: ['i386', 401], close: ['i386', 802], rt_sigreturn: ['x64', 211] })
      expectCalls(rows, lost, { close: ['x64', 2 * 503] })
    })

    test('-L: as long as the calls took', async () => {
      const sleeping = await trace(['--hook', variant, '-L', '--syscall', 'clock_nanosleep'], [['sleep', 53]])
      assert.equal(
        sleeping.rows.map(({ syscall }) => syscall),
        ['clock_nanosleep'],
      )
      const { count = 0, us = 0, ms = 0 } = sleeping.rows[0] ?? {}
      assert.ok(count <= 53 && count + sleeping.lost >= 53, `${count} of 53`)
      assert.ok(
        ms >= 2 * count && ms < 2000 * count && Math.abs(us / 1000 - ms) < 0.001,
        `${ms} milliseconds`,
      )
    })
  })
}

suite('syscount as it chooses itself', (test) => {
  test('-P, -x and reports: by process, failures only, each once', async () => {
    const { rows, lost, pids } = await trace(
      ['-P', '-x', '--interval', '1'],
      [
        ['each', 307],
        ['compat', 101],
      ],
    )
    for (const [at, count] of [5 * 307, 2 * 101].entries()) {
      const seen = rows.filter(({ pid }) => pid === pids[at])
      const sum = seen.reduce((before, row) => before + row.count, 0)
      assert.ok(sum <= count && sum >= count - lost, `${sum} of ${count}, ${lost} lost`)
      assert.ok(seen.every(({ comm }) => comm === 'calls'))
    }
  })

  test('-e: calls that fail with that error', async () => {
    const failing = await trace(['-e', 'ESPIPE'], [['each', 211]])
    assert.equal(
      failing.rows.map(({ syscall }) => syscall),
      ['lseek'],
    )
    expectCalls(failing.rows, failing.lost, { lseek: ['x64', 633] })
  })
})
