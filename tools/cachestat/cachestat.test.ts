import { parseCommandLine } from '../../core/cli/parse.js'
import { renderReports } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { cachestat } from './cachestat.js'

/** What has been counted until then; the counts only ever grow. */
const counted = (hits: number, misses: number, dirties: number) => ({
  counts: [{ key: { all: 0 }, value: { hits, misses, dirties } }],
})

/** Without the two that are this machine's own. */
const without = (text: string): string[] =>
  text.split('\n').map((line) => line.replace(/(?: +(?:\d+|[A-Z]+_MB)){2}$/, ''))

suite('cachestat', (test) => {
  test('a line for each report below names that are shown once, also where nothing was counted', () => {
    const { reports, last, seen } = renderReports(cachestat, [
      {},
      counted(300, 100, 7),
      counted(300, 100, 7),
      counted(300, 101, 7),
    ])
    assert.equal(without(reports.join('') + last), [
      '    HITS   MISSES  DIRTIES HITRATIO',
      '       0        0        0        -',
      '     300      100        7   75.00%',
      '       0        0        0        -',
      '       0        1        0    0.00%',
      '',
    ])
    assert.match(reports[0] ?? '', /HITRATIO {3}BUFFERS_MB {2}CACHED_MB\n.* +\d+ +\d+\n$/)
    assert.is(seen, 408)
  })

  test('-T: with the time', () => {
    const { last } = renderReports(cachestat, [counted(1, 1, 0)], { timestamp: true })
    const clock = new Date(1000).toTimeString().slice(0, 8)
    assert.equal(without(last).slice(0, 2), [
      'TIME         HITS   MISSES  DIRTIES HITRATIO',
      `${clock}        1        1        0   50.00%`,
    ])
  })

  test('JSON, and the whole span', () => {
    const { reports, last } = renderReports(cachestat, [{}, counted(3, 1, 0), counted(9, 3, 5)], {
      json: true,
    })
    const rows = (reports.join('') + last).trim().split('\n')
    const values = rows.map((row) => {
      const { buffersMb, cachedMb, time, ...more } = JSON.parse(row) as Record<string, unknown>
      assert.equal([typeof buffersMb, typeof cachedMb, typeof time], ['number', 'number', 'string'])
      return more
    })
    assert.equal(values, [
      { hits: 0, misses: 0, dirties: 0, hitratio: null },
      { hits: 3, misses: 1, dirties: 0, hitratio: 75 },
      { hits: 6, misses: 2, dirties: 5, hitratio: 75 },
      { hits: 9, misses: 3, dirties: 5, hitratio: 75, total: true },
    ])
  })

  test('a line each second unless it is told otherwise', async () => {
    const parse = async (...words: string[]): Promise<unknown[]> => {
      const request = await parseCommandLine(cachestat, words, '')
      const { interval, count, timestamp } = ('run' in request ? request.run : {}) as Record<string, unknown>
      return [interval, count, timestamp]
    }
    assert.equal(await parse(), [1, undefined, false])
    assert.equal(await parse('-T', '5', '3'), [5, 3, true])
  })
})
