import { parseCommandLine } from '../../core/cli/parse.js'
import { type MapEntry, renderReports } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { runqlat } from './runqlat.js'

/** (HIST_POWERS - HIST_PART_BITS + 1) * HIST_PARTS of bpf-src/lib/hist.bpf.h. */
const SLOTS = 272

/** Waits of less than 8 microseconds each, which have slots of their own. */
function entry(key: Record<string, unknown>, micros: readonly number[]): MapEntry {
  const slots = Array.from({ length: SLOTS }, (_, slot) => micros.filter((one) => one === slot).length)
  const sum = micros.reduce((all, one) => all + one, 0) * 1000
  return {
    key,
    value: { sum, slots },
    min: Math.min(...micros) * 1000,
    max: Math.max(...micros) * 1000,
  }
}

/** No thread has this number. */
const NOBODY = 4_194_305

suite('runqlat', (test) => {
  test('text: one histogram', () => {
    const { last, seen } = renderReports(runqlat, [{ waits: [entry({}, [1, 2, 3, 3])] }])
    assert.is(
      last,
      [
        '',
        '     usecs               : count     distribution',
        '         0 -> 0          : 0        |                                        |',
        '         1 -> 1          : 1        |*************                           |',
        '         2 -> 3          : 3        |****************************************|',
        '     count 4, avg 2.25, p50 2, p90 3, p99 3, p99.9 3, max 3 usecs',
        '',
      ].join('\n'),
    )
    assert.is(seen, 4)
  })

  test('-P, -L and --pidnss: labels', () => {
    const waits = [
      entry({ pid: process.pid, tid: process.pid, pidns: 7 }, [1]),
      entry({ pid: NOBODY, tid: NOBODY, pidns: 7 }, [2]),
    ]
    const { last } = renderReports(runqlat, [{ waits }], { pids: true, tids: true, pidnss: true })
    const labels = last.split('\n').filter((line) => line.includes(' = '))
    assert.equal(
      labels.filter((line) => !line.startsWith('comm')),
      [
        'pidns = 7',
        `pid = ${process.pid}`,
        `tid = ${process.pid}`,
        'pidns = 7',
        `pid = ${NOBODY}`,
        `tid = ${NOBODY}`,
      ],
    )
    assert.match(last, 'comm = node')
  })

  test('JSON, -P: pid and its name; the name of one that has ended is null', () => {
    const waits = [entry({ pid: NOBODY }, [5, 7])]
    const { last } = renderReports(runqlat, [{ waits }], { pids: true, json: true })
    const { pid, comm, tid, unit, count, sum, max } = JSON.parse(last) as Record<string, unknown>
    assert.equal(
      { pid, comm, tid, unit, count, sum, max },
      { pid: NOBODY, comm: null, tid: undefined, unit: 'usecs', count: 2, sum: 12, max: 7 },
    )
  })

  test('bcc’s flags, short and long', async () => {
    const parse = async (...words: string[]): Promise<Record<string, unknown>> => {
      const request = await parseCommandLine(runqlat, words, '')
      return 'run' in request ? request.run : {}
    }
    const short = await parse('-T', '-m', '-P', '-L', '--pidnss', '1', '10')
    assert.equal(
      short,
      await parse('--timestamp', '--milliseconds', '--pids', '--tids', '--pidnss', '1', '10'),
    )
    const { timestamp, milliseconds, pids, tids, pidnss, interval, count } = short
    assert.equal(
      [timestamp, milliseconds, pids, tids, pidnss, interval, count],
      [true, true, true, true, true, 1, 10],
    )
  })
})
