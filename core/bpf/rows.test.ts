// Rows as the addon writes them, whatever it is told, and whatever answers do meanwhile. That the lines are right is in
// core/show/writer.test.ts.
import { addon } from '../../test/native/fixture.js'
import { assert, suite } from '../testing/suite.js'
import type { NativeRowWriter, RowAnswer, RowCell, RowPlan } from './addon.js'

type Loose = Record<string, (...args: unknown[]) => unknown>
type Ask = (question: number, at: number) => RowAnswer

const RECORD = 16

const asked: RowCell = {
  ...{ is: 'asked', before: '<', offset: 0, size: 0, signed: false, width: 0, right: false },
  ...{ bare: -1, question: 0, first: -1, decimals: -1, names: [] },
}

const planOf = (cells: readonly RowCell[], changes: Partial<RowPlan> = {}): RowPlan => ({
  ...{ cells, after: '>', quotes: false, escaped: '\\', recordSize: RECORD, questions: 1, epochAtZero: 0n },
  ...changes,
})

/** Records of 16 bytes, in whose first four is a number. */
function recordsOf(numbers: readonly number[]): { bytes: Uint8Array; spans: Uint32Array; count: number } {
  const bytes = new Uint8Array(RECORD * numbers.length)
  numbers.forEach((number, index) => new DataView(bytes.buffer).setUint32(RECORD * index, number, true))
  const spans = Uint32Array.from(numbers.flatMap((_, index) => [RECORD * index, RECORD]))
  return { bytes, spans, count: numbers.length }
}

/** All rows of a batch. */
function written(writer: NativeRowWriter, numbers: readonly number[], ask: Ask): string {
  const { bytes, spans, count } = recordsOf(numbers)
  let rows = ''
  for (let next = 0; next < count;) {
    next = writer.write(bytes, spans, count, next, ask)
    rows += Buffer.from(writer.take()).toString()
  }
  return rows
}

const firstWord = { offset: 0, size: 4 }

suite('addon: rows', (test) => {
  test('a question is asked again for what it depends on, and for nothing else', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const asks: number[] = []
    const ask: Ask = (_, at) => {
      asks.push(at / RECORD)
      writer.key(0, [firstWord], false)
      return `${at / RECORD}`
    }
    // The key is new each time, and what was kept by the one before is gone.
    assert.is(written(writer, [5, 5, 6, 5], ask), '<0><0><2><3>')
    assert.equal(asks, [0, 2, 3])
    const keeping: Ask = (_, at) => `${at / RECORD}`
    assert.is(written(writer, [7, 8, 7, 8, 5], keeping), '<0><1><0><1><3>')
    assert.is(written(writer, [9, 8], keeping), '<0><1>')
    writer.key(0, [], false)
    assert.is(written(writer, [1, 2], keeping), '<0><0>')
    writer.key(0, null, false)
    assert.is(written(writer, [1, 1], keeping), '<0><1>')
  })

  test('for one batch, and not where an answer is not to be kept', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const keeping: Ask = (_, at) => `${at / RECORD}`
    writer.key(0, [firstWord], true)
    assert.is(written(writer, [1, 2, 1], keeping), '<0><1><0>')
    assert.is(written(writer, [2, 1], keeping), '<0><1>')
    const skipping: Ask = (_, at) => {
      writer.skip()
      return `${at / RECORD}`
    }
    assert.is(written(writer, [3, 3], skipping), '<0><1>')
  })

  test('many answers, more than are kept, and a key that is too long', () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 1009)
    const wanted = numbers.map((number) => `<${number}>`).join('')
    const wide = 4000
    for (const places of [[firstWord], Array.from({ length: 9 }, () => ({ offset: 8, size: 8 }))]) {
      const writer = addon.rowWriter(planOf([asked]))
      writer.key(0, places, false)
      assert.is(
        written(writer, numbers, (_, at) => String(numbers[at / RECORD])),
        wanted,
      )
    }
    const long = 'x'.repeat(wide)
    assert.is(
      written(addon.rowWriter(planOf([asked])), numbers, () => long),
      `<${long}>`.repeat(5000),
    )
  })

  test('some 64 KB at a time, from where it ended', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const { bytes, spans, count } = recordsOf(Array.from({ length: 100 }, (_, index) => index))
    const ask: Ask = () => 'x'.repeat(10_000)
    assert.is(writer.write(bytes, spans, count, 0, ask), 7)
    assert.is(writer.take().length, 7 * 10_002)
    assert.is(writer.write(bytes, spans, count, 98, ask), 100)
    assert.is(writer.take().length, 2 * 10_002)
    assert.is(writer.write(bytes, spans, count, 100, ask), 100)
    assert.is(writer.take().length, 0)
  })

  test('what an answer throws, with the rows before', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const ask: Ask = (_, at) => {
      if (at === 2 * RECORD) throw new Error('no answer')
      return 'a'
    }
    assert.throws(() => written(writer, [1, 2, 3], ask), /^no answer$/)
    assert.is(Buffer.from(writer.take()).toString(), '<a><a>')
    for (const answer of [undefined, 1, {}, Symbol('a'), 1n])
      assert.throws(() => written(writer, [1], () => answer as unknown as RowAnswer), /must be a string/)
    assert.is(
      written(writer, [1, 2], () => null),
      '>>',
    )
  })

  test('memory that is taken away by an answer', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const { bytes, spans, count } = recordsOf([1, 2, 3])
    const detach = ({ buffer }: Uint8Array | Uint32Array): void =>
      void structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
    const detaching = (taken: () => Uint8Array | Uint32Array) => (): RowAnswer => {
      detach(taken())
      return 'a'
    }
    const write = (ask: Ask): unknown => writer.write(bytes.slice(), spans.slice(), count, 0, ask)
    write(() => 'a')
    assert.throws(() => write(detaching(() => writer.take())), /memory is gone/)
    assert.is(writer.take().length, 0)
    assert.throws(
      () =>
        writer.write(
          bytes,
          spans,
          count,
          0,
          detaching(() => bytes),
        ),
      /beyond the bytes/,
    )
    const others = recordsOf([1, 2, 3])
    assert.throws(
      () =>
        writer.write(
          others.bytes,
          others.spans,
          count,
          0,
          detaching(() => others.spans),
        ),
      /not so many spans/,
    )
    assert.is(
      written(writer, [1, 2], () => 'a'),
      '<a><a>',
    )
  })

  test('an answer that writes, and one that changes the key to nothing', () => {
    const writer = addon.rowWriter(planOf([asked]))
    assert.throws(() => written(writer, [1], () => written(writer, [1], () => 'a')), /rows are being written/)
    const ask: Ask = (_, at) => {
      writer.key(0, at === 0 ? [firstWord] : null, at === 0)
      return String(at)
    }
    assert.is(written(writer, [1, 1, 2, 2], ask), '<0><0><32><48>')
  })

  test('spans that reach beyond the bytes, or are no record', () => {
    const writer = addon.rowWriter(planOf([asked]))
    const { bytes } = recordsOf([1, 2])
    const write = (spans: Uint32Array, count: number): unknown =>
      writer.write(bytes, spans, count, 0, () => 'a')
    for (const span of [
      [0, 15],
      [17, 16],
      [2 ** 32 - 1, 16],
      [0, 2 ** 32 - 1],
      [2 ** 32 - 16, 2 ** 32 - 1],
    ])
      assert.throws(() => write(Uint32Array.from(span), 1), /too short/)
    assert.throws(() => write(Uint32Array.of(0, 16, 16), 2), /not so many spans/)
    assert.throws(() => write(new Uint32Array(0), 1), /not so many spans/)
  })

  test('numbers of every size, to both sides; what JavaScript has not exactly is asked for', () => {
    const number = (size: number, signed: boolean, changes: Partial<RowCell> = {}): RowCell => ({
      ...{ ...asked, is: 'number', before: '|', size, signed },
      ...changes,
    })
    const sizes = [1, 2, 4, 8].flatMap((size) => [number(size, false), number(size, true)])
    const row = (bytes: Uint8Array, cells: RowCell[]): string => {
      const writer = addon.rowWriter(planOf(cells, { after: '' }))
      writer.write(bytes, Uint32Array.of(0, RECORD), 1, 0, () => '?')
      return Buffer.from(writer.take()).toString()
    }
    const all = (fill: number): Uint8Array => new Uint8Array(RECORD).fill(fill)
    assert.is(row(all(255), sizes), '|255|-1|65535|-1|4294967295|-1|?|-1')
    assert.is(row(all(0), sizes), '|0|0|0|0|0|0|0|0')
    const large = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value, 0n).buffer)
    assert.is(row(large(2n ** 53n - 1n), sizes.slice(6)), '|9007199254740991|9007199254740991')
    assert.is(row(large(2n ** 53n), sizes.slice(6)), '|?|?')
    assert.is(row(large(-(2n ** 53n)), sizes.slice(7)), '|?')
    const narrow = [number(1, true, { width: 4 }), number(1, true, { width: 4, right: true })]
    assert.is(row(all(255), narrow), '|-1  |  -1')
    assert.is(row(all(100), [number(1, true, { width: 2, right: true })]), '|100')
  })

  test('times until the year 9999; others are asked for', () => {
    const time: RowCell = { ...asked, is: 'wallTime', before: '', size: 8 }
    const at = (epochAtZero: bigint, monotonic: bigint): string => {
      const writer = addon.rowWriter(planOf([time], { epochAtZero, after: '' }))
      const bytes = new Uint8Array(BigUint64Array.of(monotonic, 0n).buffer)
      writer.write(bytes, Uint32Array.of(0, RECORD), 1, 0, () => '?')
      return Buffer.from(writer.take()).toString()
    }
    const last = BigInt(Date.parse('9999-12-31T23:59:59Z')) * 1_000_000n
    assert.is(at(0n, 0n), '1970-01-01T00:00:00.000000000Z')
    assert.is(at(951_782_400_000_000_000n, 86_399_000_000_001n), '2000-02-29T23:59:59.000000001Z')
    assert.is(at(2n ** 63n - 1n, 1n), '?')
    assert.is(at(last / 30n, 5n).length, 30)
    assert.is(at(-1n, 0n), '?')
    assert.is(at(-1n, 1n), '1970-01-01T00:00:00.000000000Z')
    assert.is(at(2n ** 64n, 1n), '?')
    assert.is(at(0n, 2n ** 53n), '?')
  })

  test('seconds since the first event, as JavaScript writes them', () => {
    const base = 123_456_789_000
    const nanos = [
      ...[0, 1, 999, 1000, 1001, 10_000, 500_000, 999_999, 1_000_000, 123_456_789, 999_999_499, 999_999_500],
      ...[999_999_501, 1_000_000_000, 1_500_000_000, 60_000_000_000, 86_400_123_456_789, 999_999_999_999_999],
      ...[1_000_000_000_000_000, 4_000_000_000_000_001, -1, -1_000_000_000],
    ]
    for (const decimals of [-1, 0, 3, 6, 9])
      for (const nano of nanos) {
        const seconds = nano / 1e9
        const wanted = decimals < 0 ? String(seconds) : seconds.toFixed(decimals)
        const cell: RowCell = {
          ...asked,
          is: 'seconds',
          before: '',
          size: 8,
          decimals,
          width: 12,
          right: true,
        }
        const writer = addon.rowWriter(planOf([cell], { after: '' }))
        const bytes = new Uint8Array(BigUint64Array.of(BigInt(base + nano), 0n).buffer)
        const write = (): string => {
          writer.write(bytes, Uint32Array.of(0, RECORD), 1, 0, () => '?')
          return Buffer.from(writer.take()).toString()
        }
        assert.is(write(), '?')
        writer.first(base)
        const row = write()
        // In the middle between two, and where there is an exponent, it is asked for.
        if (row !== '?') assert.is(row, wanted.padStart(12))
        else assert.ok(nano < 1000 || nano >= 1e15 || String(nano).includes('5'), `${nano} ${decimals}`)
      }
  })

  test('words: as a list, apart by spaces, with another first one', () => {
    const record = (words: string, first: string, beyond = 0): Uint8Array => {
      const bytes = Buffer.concat([Buffer.alloc(RECORD), Buffer.from(words), Buffer.from(first)])
      bytes.writeUInt32LE(RECORD, 0)
      bytes.writeUInt32LE(words.length + beyond, 4)
      bytes.writeUInt16LE(RECORD + words.length, 8)
      bytes.writeUInt16LE(first.length, 10)
      return bytes
    }
    const cell: RowCell = { ...asked, is: 'words', before: '', size: 8 }
    const row = (bytes: Uint8Array, changes: Partial<RowCell>, quotes: boolean): string => {
      const escaped = quotes ? '"\\' : '\\'
      const writer = addon.rowWriter(planOf([{ ...cell, ...changes }], { after: '', quotes, escaped }))
      writer.write(bytes, Uint32Array.of(0, bytes.length), 1, 0, () => '?')
      return Buffer.from(writer.take()).toString()
    }
    for (const [words, list] of [
      ['', []],
      ['\0', ['']],
      ['a\0', ['a']],
      ['a', ['a']],
      ['a\0\0b c\0', ['a', '', 'b c']],
      ['\0\0', ['', '']],
    ] as const) {
      assert.is(row(record(words, ''), {}, true), JSON.stringify(list))
      assert.is(row(record(words, ''), {}, false), list.join(' '))
      assert.is(row(record(words, ''), { first: 8 }, false), list.join(' '))
      assert.is(row(record(words, '/x'), { first: 8 }, false), ['/x', ...list.slice(1)].join(' '))
    }
    assert.is(row(record('a\0b', ''), { width: 5 }, false), 'a b  ')
    for (const [words, first] of [
      ['a"\0', ''],
      ['\\\0', ''],
      ['ü\0', ''],
      ['a\0', 'a\n'],
    ] as const)
      assert.is(row(record(words, first), { first: 8 }, true), '?')
    assert.is(row(record('a\0', '', 1), {}, true), '?')
    assert.is(row(record('a\0', '', 2 ** 31), {}, true), '?')
  })

  test('wrong plans and arguments', () => {
    const number: RowCell = { ...asked, is: 'number', size: 4 }
    const plans: unknown[] = [
      ...[undefined, null, 1, {}, { ...planOf([]), cells: {} }, { ...planOf([]), cells: [1] }],
      ...['after', 'quotes', 'escaped', 'recordSize', 'questions', 'epochAtZero', 'cells'].map((key) =>
        Object.assign(planOf([number]), { [key]: undefined }),
      ),
      ...Object.keys(number).map((key) => planOf([{ ...number, [key]: undefined }])),
      ...[
        { is: 'nothing' },
        { size: 3 },
        { size: 0 },
        { offset: 13 },
        { offset: -1 },
        { offset: 2 ** 31 },
      ].map((change) => planOf([{ ...number, ...change } as RowCell])),
      ...[
        { first: 13 },
        { first: -2 },
        { decimals: 10 },
        { decimals: -2 },
        { bare: 1 },
        { bare: -2 },
        { question: 1 },
        { question: -1 },
        { width: 2 ** 31 },
      ].map((change) => planOf([{ ...number, ...change }])),
      ...[[1], [{}], [{ value: 1 }], [{ value: 1.5, name: 'x' }], [{ value: 1, name: 1 }]].map((names) =>
        planOf([{ ...number, names } as unknown as RowCell]),
      ),
    ]
    const { rowWriter } = addon as unknown as Loose
    for (const plan of plans)
      assert.throws(
        () => rowWriter?.(plan),
        (error: Error) => error instanceof TypeError,
      )

    const writer = addon.rowWriter(planOf([number])) as unknown as Loose
    const { bytes, spans } = recordsOf([1])
    for (const [method, ...args] of [
      ['write'],
      ['write', bytes, spans],
      ['write', bytes, spans, 1, 2, () => 'a'],
      ['write', bytes, spans, 1, 0],
      ['write', spans, spans, 1, 0, () => 'a'],
      ['write', bytes, bytes, 1, 0, () => 'a'],
      ['write', bytes, [0, 16], 1, 0, () => 'a'],
      ['first'],
      ['first', -1],
      ['first', 2 ** 53],
      ['key'],
      ['key', 1, [], false],
      ['key', -1, [], false],
      ['key', 0, {}, false],
      ['key', 0, [], 1],
      ['key', 0, [{ offset: 0, size: 0 }], false],
      ['key', 0, [{ offset: 0, size: 17 }], false],
      ['key', 0, [{ offset: 16, size: 1 }], false],
      ['key', 0, [{ offset: -1, size: 1 }], false],
    ] as [string, ...unknown[]][])
      assert.throws(
        () => writer[method]?.(...args),
        (error: Error) => error instanceof TypeError,
      )
    for (const method of ['write', 'take', 'key', 'skip', 'first'])
      for (const self of [undefined, null, 1, {}, addon, Object.create(writer)])
        assert.throws(
          () => Reflect.apply(writer[method] as () => void, self, []),
          (error: Error) => error instanceof TypeError,
        )
  })
})
