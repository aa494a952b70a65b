import type { Field, Layout } from '../btf/layout.js'
import { RecordBatch } from '../btf/view.js'
import { UsageError } from '../errors.js'
import type { SharedValues } from '../cli/shared.js'
import type { Sink } from '../output/sink.js'
import { RowContext } from '../show/context.js'
import { encodeRecord } from '../testing/record.js'
import { assert, suite } from '../testing/suite.js'
import type { Columns } from '../tool.js'
import { linesOf } from './sorted.js'

const columns = { pid: { describe: '', width: 4 }, ms: { describe: '' } } as Columns
const field = (key: string, offset: number): Field => ({
  name: key,
  key,
  offset,
  kind: { is: 'number', size: 4, signed: false },
})
const layout: Layout = { name: 'event', size: 8, fields: [field('pid', 0), field('ms', 4)] }
const page = { colour: false, isTerminal: false }

/** What is written of these events, as `pid ms` each, and said at the end. */
function written(options: Partial<SharedValues>, events: readonly (readonly [number, number])[]): string[] {
  let text = ''
  const sink = {
    write: (more: string | Uint8Array) =>
      (text += typeof more === 'string' ? more : Buffer.from(more).toString()),
    isFull: false,
  } as unknown as Sink
  const all = { json: false, csv: false, fields: [], sort: [], ...options } as unknown as SharedValues
  const output = linesOf(columns, all, new RowContext(0n), sink, page)
  output.begin(layout)
  const batch = new RecordBatch(layout)
  for (const [pid, ms] of events) {
    const record = encodeRecord(layout, { pid, ms })
    batch.use(record, Uint32Array.of(0, record.length), 1)
    output.add(batch)
  }
  const said = output.end()
  return [...text.trimEnd().split('\n'), ...said]
}

suite('sorted events', (test) => {
  const events = Array.from({ length: 5000 }, (_, index) => [index, (index * 7919) % 5000] as const)

  test('as they come without --sort', () =>
    assert.equal(
      written({}, [
        [2, 1],
        [1, 2],
      ]),
      ['PID  MS', '2    1', '1    2'],
    ))

  test('the first ones of the order, however many come', () => {
    for (const rows of [1, 3, 1000, 4999]) {
      const [header, ...lines] = written({ sort: ['-ms'], rows }, events)
      assert.is(header, 'PID  MS')
      assert.is(lines.pop(), `the first ${rows} of 5000 rows; --rows N shows more`)
      assert.equal(
        lines.map((line) => Number(line.slice(5))),
        Array.from({ length: rows }, (_, index) => 4999 - index),
      )
    }
  })

  test('all of them where there is room', () =>
    assert.is(written({ sort: ['ms', 'pid'], rows: 5000 }, events).length, 5001))

  test('rows that are alike stay in the order in which they came', () =>
    assert.equal(
      written({ sort: ['ms'], rows: 2 }, [
        [5, 1],
        [4, 1],
        [3, 1],
        [2, 1],
        [1, 0],
      ]).slice(1, 3),
      ['1    0', '5    1'],
    ))

  test('--rows alone, and fields that do not exist', () => {
    for (const [options, message] of [
      [{ rows: 3 }, '--rows goes with --sort here; --count N ends after N rows'],
      [{ sort: ['nosuch'] }, '--sort: there is no field nosuch; there are pid, ms'],
    ] as const)
      assert.throws(
        () => written(options as Partial<SharedValues>, []),
        (error: unknown) => error instanceof UsageError && error.message === message,
      )
  })
})
