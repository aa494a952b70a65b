import type { SharedValues } from '../cli/shared.js'
import { UsageError } from '../errors.js'
import { assert, suite } from '../testing/suite.js'
import { Gate, type GateOptions } from '../trace/gate.js'
import type { Columns } from '../tool.js'
import { chooseColumns, type ColumnOptions } from './choice.js'
import { RowContext } from './context.js'
import { withContainer } from './container.js'
import { GrowingFormat } from './growing.js'
import { arrange, compareBy } from './order.js'
import { csvRows, jsonRows, textRows } from './row.js'

interface Row {
  time: number
  pid: number
  comm: string
  args: readonly string[]
  error: string | null
  big: bigint
  buckets: readonly [number, number, number][]
}

const columns = {
  time: {
    describe: '',
    width: 8,
    show: () => false,
    value: ({ time }: Row, context: RowContext) => context.wallTime(time),
  },
  pid: { describe: '', width: 6 },
  comm: { describe: '', width: 8 },
  error: { describe: '' },
  args: { describe: '', show: () => false },
  big: { describe: '', show: () => false },
  buckets: { describe: '', show: () => false },
} as Columns

const row: Row = {
  time: 1_250_000_000,
  pid: 7,
  comm: 'a,"b\n',
  args: ['x', 'y z'],
  error: null,
  big: 2n ** 60n,
  buckets: [
    [0, 0, 4],
    [8, 15, 1],
  ],
}
const context = new RowContext(0n)
const plain: ColumnOptions = { json: false, csv: false, fields: [], timeFormat: undefined }
const names = (options: Partial<ColumnOptions>): string[] =>
  chooseColumns(columns, { ...plain, ...options }).map(([name]) => name)

suite('fields', (test) => {
  const cases: [options: Partial<ColumnOptions>, chosen: string][] = [
    [{}, 'pid comm error'],
    [{ json: true }, 'time pid comm error args big buckets'],
    [{ csv: true }, 'time pid comm error args big buckets'],
    [{ fields: ['comm', 'time'] }, 'comm time'],
    [{ fields: ['+args'] }, 'pid comm error args'],
    [{ fields: ['-pid', '+time'] }, 'comm error time'],
    [{ fields: ['comm', 'args', '+pid', '-args'] }, 'comm pid'],
    [{ fields: ['+pid'] }, 'comm error pid'],
    [{ json: true, fields: ['-buckets', '-big'] }, 'time pid comm error args'],
    [{ timeFormat: 'clock' }, 'time pid comm error'],
  ]
  for (const [options, chosen] of cases)
    test(JSON.stringify(options), () => assert.is(names(options).join(' '), chosen))

  test('one that does not exist', () => {
    assert.throws(
      () => names({ fields: ['-nosuch'] }),
      (error: unknown) =>
        error instanceof UsageError &&
        error.message ===
          '--fields: there is no field nosuch; there are time, pid, comm, error, args, big, buckets',
    )
  })
})

suite('forms', (test) => {
  const all = Object.entries(columns)

  test('CSV: a line of names, a line a row, whatever is in it', () => {
    const { header, line } = csvRows(all, context)
    assert.is(header, 'time,pid,comm,error,args,big,buckets\n')
    assert.is(
      line(row),
      '1970-01-01T00:00:01.250000000Z,7,"a,""b\\n",,x y z,1152921504606846976,0:0:4 8:15:1\n',
    )
  })

  test('JSON', () => {
    assert.equal(JSON.parse(jsonRows(all, context)(row)), {
      ...row,
      time: '1970-01-01T00:00:01.250000000Z',
      big: Number(row.big),
    })
    assert.is(jsonRows([], context)(row), '{}\n')
  })

  test('text', () => {
    const chosen = chooseColumns(columns, { ...plain, fields: ['pid', 'error', 'buckets', 'comm'] })
    const { header, line } = textRows(chosen, {}, context)
    assert.is(header + line(row), 'PID    ERROR BUCKETS COMM\n7      - 0:0:4 8:15:1 a,"b\\n\n')
  })

  test('with colour the header and what alarms stand out, and the columns stay where they are', () => {
    const alarming = { ...columns, pid: { describe: '', width: 4, alarm: () => true } } as Columns
    const chosen = chooseColumns(alarming, { ...plain, fields: ['pid', 'error'] })
    const { header, line } = textRows(chosen, {}, context, true)
    assert.is(header, '\x1b[1mPID  ERROR\x1b[22m\n')
    assert.is(line(row), '\x1b[31m7   \x1b[39m -\n')
  })

  for (const [timeFormat, shown] of [
    ['seconds', '0.000000000   '],
    ['rfc3339', '1970-01-01T00:00:01.250000000Z'],
    ['clock', `${new Date(1250).toTimeString().slice(0, 8)}.250000`],
  ] as const)
    test(`--time-format ${timeFormat}`, () => {
      const chosen = chooseColumns(columns, { ...plain, timeFormat })
      assert.is(textRows(chosen, {}, new RowContext(0n)).line(row).split(' 7 ')[0], shown)
    })
})

suite('order', (test) => {
  const rows = [
    { pid: 9, comm: 'b', error: null },
    { pid: 10, comm: 'a', error: 'ENOENT' },
    { pid: 10, comm: 'a10', error: null },
    { pid: 10, comm: 'a9', error: null },
  ]
  const sorted = (words: string[], most?: number): string[] =>
    arrange(rows, compareBy(words, columns, context, undefined), { rows: most }).map(({ comm }) => comm)

  test('as they come', () => assert.equal(sorted([]), ['b', 'a', 'a10', 'a9']))
  test('numbers as numbers', () => assert.equal(sorted(['pid', 'comm']), ['b', 'a', 'a9', 'a10']))
  test('from the greatest down', () => assert.equal(sorted(['-pid', '-comm']), ['a10', 'a9', 'a', 'b']))
  test('null comes first', () => assert.equal(sorted(['error', 'comm']), ['a9', 'a10', 'b', 'a']))
  test('no more than asked for', () => assert.equal(sorted(['-pid', '-comm'], 2), ['a10', 'a9']))
  test('a field that does not exist', () =>
    assert.throws(
      () => sorted(['nosuch']),
      (error: unknown) => error instanceof UsageError,
    ))
})

suite('containers on a terminal', (test) => {
  const withContainers = withContainer(columns)
  const lookedUp = new RowContext(0n, {
    recall: (_, cgroup) =>
      cgroup === 0 ? undefined : { container: ['a', 'b', 'x.service'][Number(cgroup) - 1] },
  })
  const options = { ...plain, containers: false } as unknown as SharedValues
  const onTerminal = (of: Partial<SharedValues> = {}, isTerminal = true): GrowingFormat =>
    new GrowingFormat(withContainers, { ...options, ...of }, lookedUp, { colour: false, isTerminal })
  const grown = (format: GrowingFormat, cgroups: number[]): boolean[] =>
    cgroups.map((cgroup) => format.grows({ ...row, cgroup }))

  test('a column once there is a second one; hosts and units do not count', () => {
    const format = onTerminal()
    assert.equal(grown(format, [0, 3, 1, 3, 0, 1]), Array(6).fill(false))
    assert.not.match(format.header, /CONTAINER/)
    assert.equal(grown(format, [2, 1, 2]), [true, false, false])
    assert.match(format.header, /CONTAINER/)
    assert.match(format.line({ ...row, cgroup: 3 }), / x\.service$/m)
  })
  test('not in a pipe, not in JSON or CSV, not where --fields decides', () => {
    for (const format of [
      onTerminal({}, false),
      onTerminal({ json: true }),
      onTerminal({ csv: true }),
      onTerminal({ fields: ['pid'] }),
      onTerminal({ containers: true }),
    ])
      assert.equal(grown(format, [1, 2]), [false, false])
  })
})

suite('gate', (test) => {
  const gate = (options: Partial<GateOptions>, most?: number): Gate =>
    new Gate(
      columns,
      { filter: undefined, failIf: undefined, until: undefined, count: undefined, ...options },
      context,
      most,
    )
  const rows = Array.from({ length: 5 }, (_, index) => ({ ...row, pid: index + 1 }))
  const admitted = (of: Gate): number[] => rows.filter((one) => of.admits(one)).map(({ pid }) => pid)

  test('--filter', () => assert.equal(admitted(gate({ filter: 'pid > 2 and pid != 4' })), [3, 5]))
  test('--count', () => assert.equal(admitted(gate({}, 2)), [1, 2]))
  test('--until: the row that meets it is the last', () => {
    const until = gate({ until: 'pid == 3' })
    assert.equal(admitted(until), [1, 2, 3])
    assert.equal(until.verdict(), [])
  })
  test('--until that nothing meets says so', () => {
    const until = gate({ until: 'pid == 30' })
    assert.is(admitted(until).length, 5)
    assert.equal(until.verdict(), ['--until "pid == 30" was not met'])
  })
  test('--fail-if judges only what is shown, and says which row', () => {
    const failing = gate({ filter: 'pid > 2', failIf: 'pid < 5' })
    assert.equal(admitted(failing), [3, 4, 5])
    assert.ok(failing.failed)
    const [verdict = ''] = failing.verdict()
    assert.match(verdict, /^--fail-if "pid < 5" was met 2 times, first by \{"time":.*"pid":3,.*\}$/)
    assert.not.ok(gate({ failIf: 'pid > 5' }).failed)
  })
  test('closing is told', async () => {
    const closing = gate({ until: 'pid == 2' })
    admitted(closing)
    await closing.closed
  })
  test('a condition that is none', () => {
    assert.throws(
      () => gate({ failIf: 'nosuch > 0' }),
      (error: unknown) =>
        error instanceof UsageError &&
        error.message.startsWith('--fail-if "nosuch > 0": there is no field "nosuch"'),
    )
  })
})
