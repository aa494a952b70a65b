import { assert, suite } from '../core/testing/suite.js'
import type { Case } from './case.js'
import { peers, snoopkit } from './contestant.js'
import type { Results } from './result.js'
import { tablesOf } from './table.js'

const burst: Case = {
  name: 'burst',
  describe: 'a burst',
  contestants: [snoopkit(), snoopkit('snoopkit --json', '--json'), ...peers],
  metrics: [
    { name: 'lost', unit: '', targets: [{ most: 0, of: 'absolute' }] },
    { name: 'CPU a row', unit: 'µs', targets: [{ most: 1 / 4 }, { most: 1 / 3, whose: 'snoopkit --json' }] },
    { name: 'first row', unit: 'ms', targets: [{ most: 1 / 6, of: 'bpftrace' }] },
    { name: 'memory', unit: 'MB' },
  ],
  run: () => Promise.reject(new Error('it is not run')),
}

/** Rounds of each contestant by the metrics' values; peers that are not named were missing. */
function resultsOf(rounds: Readonly<Record<string, readonly (readonly number[])[]>>): Results {
  const samples = Object.entries(rounds).flatMap(([contestant, all]) =>
    all.map((values, round) => ({
      is: 'sample' as const,
      case: 'burst',
      contestant,
      round,
      sample: Object.fromEntries(burst.metrics.map(({ name }, index) => [name, values[index] as number])),
    })),
  )
  const missing = [{ is: 'missing' as const, case: 'burst', contestant: 'bcc', why: 'is not installed' }]
  return { machine: '', kernel: '', versions: {}, when: { burst: '2026-01-02' }, samples, missing }
}

/** The cells of the line of a metric: contestants, the ratio, the targets. */
function cellsOf(table: string, metric: string): string[] {
  const line = table.split('\n').find((one) => one.startsWith(`| ${metric}`)) ?? ''
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

suite('table', (test) => {
  const table = tablesOf(
    resultsOf({
      snoopkit: [
        [0, 4, 700, 40],
        [0, 2, 900, 50],
        [1, 3, 800, 60],
      ],
      'snoopkit --json': [[0, 8, 900, 50]],
      'libbpf-tools': [[9, 20, 300, 10]],
      bpftrace: [[7, 30, 4200, 100]],
    }),
    [burst],
  )

  test('medians, the ratio to the best peer, and whether each target is met', () => {
    const best = '0.15×, 0.40×'
    assert.equal(cellsOf(table, 'CPU a row'), [
      ...['3 µs', '8 µs', '20 µs', '–', '30 µs', best],
      '≤ 0.25× the best peer ✓, snoopkit --json ≤ 0.33× the best peer ✗',
    ])
    assert.equal(cellsOf(table, 'first row').slice(-2), ['2.67×, 3.00×', '≤ 0.17× bpftrace ✗'])
    assert.equal(cellsOf(table, 'memory').slice(-2), ['5.00×, 5.00×', ''])
  })

  test('an absolute target needs no peer', () => assert.equal(cellsOf(table, 'lost').slice(-1), ['≤ 0 ✓']))

  test('where one did not run, why, and no word of its target', () => {
    assert.match(table, /^- bcc: is not installed$/m)
    const alone = tablesOf(resultsOf({ snoopkit: [[0, 4, 700, 40]] }), [burst])
    assert.equal(cellsOf(alone, 'first row'), ['700 ms', '–', '–', '–', '–', '–', '≤ 0.17× bpftrace'])
  })

  test('the day it was measured', () => assert.match(table, /^### burst: a burst \(2026-01-02\)$/m))
})
