import { compileReader, RecordSource } from '../btf/decode.js'
import type { Field, Layout } from '../btf/layout.js'
import { compileViews, RecordBatch } from '../btf/view.js'
import { encodeText } from '../btf/text.js'
import { initialValues } from '../cli/catalog.js'
import type { SharedValues } from '../cli/shared.js'
import type { EventsTool } from '../shape/events.js'
import { encodeRecord } from '../testing/record.js'
import { eventLayout } from '../testing/replay.js'
import { assert, suite } from '../testing/suite.js'
import type { Columns, Tool } from '../tool.js'
import { toolNames } from '../umbrella/tools.js'
import { withContainer } from './container.js'
import { RowContext } from './context.js'
import { formatOf } from './row.js'

/** From their modules: a bundle has classes of its own. */
async function loadEventTools(): Promise<EventsTool[]> {
  const found = toolNames().map(async (name): Promise<unknown> => {
    const module = (await import(`../../tools/${name}/${name}.js`)) as Record<string, unknown>
    return Object.values(module).find((value) => (value as Tool).name === name)
  })
  return (await Promise.all(found)).filter((tool): tool is EventsTool => (tool as Tool).shape === 'events')
}

const tools = await loadEventTools()

let state = 7
const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below
const oneOf = <T>(values: readonly T[]): T => values[random(values.length)] as T

const words = ['', 'sh', 'a b', '"quoted"', 'back\\slash', 'new\nline', 'ü', '日本', '\u202e', 'x'.repeat(15)]
const broken = Buffer.from([0x61, 0xff, 0xfe, 0x62]).toString('latin1')
const long = `/${'directory/'.repeat(40)}file`

function randomValue({ kind }: Field): unknown {
  switch (kind.is) {
    case 'number': {
      const most = 2 ** (8 * kind.size - (kind.signed ? 1 : 0))
      const value = oneOf([0, 1, 9, 10, 99, 100, 4096, 65_536, 1_000_000, most - 1])
      return kind.signed && random(3) === 0 ? -Math.min(value, most - 1) : Math.min(value, most - 1)
    }
    case 'wide':
      return oneOf([0, 1, 999_999_999, 2 ** 31, 2 ** 32 + 5, 5e15])
    case 'bigint':
      return oneOf([0n, 1n, 2n ** 63n])
    case 'boolean':
      return random(2) === 1
    case 'enum':
      return oneOf([...kind.names.values()])
    case 'chars':
      return oneOf(words).slice(0, kind.size)
    case 'arguments':
      return [oneOf(words), oneOf(words)]
    case 'bytes':
      return Uint8Array.from({ length: kind.size }, () => random(256))
    case 'counts':
      return Array.from({ length: kind.count }, () => random(1000))
    default:
      return oneOf([...words, long])
  }
}

/** A record of random fields; some have bytes that are no UTF-8, or reach beyond the record. */
function randomRecord(layout: Layout): Buffer {
  const record = encodeRecord(
    layout,
    Object.fromEntries(layout.fields.map((field) => [field.key, randomValue(field)])),
  )
  const text = layout.fields.find(({ kind }) => kind.is === 'text')
  if (text !== undefined && random(8) === 0) record.writeUInt16LE(60_000, text.offset + 2)
  const chars = layout.fields.find(({ kind }) => kind.is === 'chars')
  if (chars !== undefined && random(8) === 0) record.write(broken, chars.offset, 'latin1')
  return record
}

/** Counts batches: most that is looked up is another in each. */
let turn = 0
/** Containers are found in some batch, and then in all. */
let found = new Set<string | number>()
const recall = (name: string, key: string | number): unknown => {
  switch (name) {
    case 'container':
      if ((Number(key) + turn) % 3 > 0) found.add(key)
      return found.has(key) ? { container: `${key}`, pod: `of ${key}` } : undefined
    case 'socketContainer':
      return { container: `in batch ${turn}` }
    case 'socketOwner':
      return { pid: turn, comm: `of ${key} in ${turn}` }
    default:
      return undefined
  }
}

const newContext = (): RowContext => new RowContext(1_700_000_000_123_456_789n, { recall })

const roundUp = (length: number): number => 8 * Math.ceil(length / 8)

/** Records as a stream hands them over. */
function batchOf(layout: Layout, records: readonly Buffer[]): RecordBatch {
  const bytes = Buffer.alloc(records.reduce((all, { length }) => roundUp(all) + length, 0))
  let end = 0
  const spans = records.flatMap((record) => {
    const at = roundUp(end)
    record.copy(bytes, at)
    end = at + record.length
    return [at, record.length]
  })
  const batch = new RecordBatch(layout)
  batch.use(bytes, Uint32Array.from(spans), records.length)
  return batch
}

/** Whether the kernel side makes such a record: what its texts say lies within it. */
function isWhole(record: Buffer, { fields }: Layout): boolean {
  const texts = fields.filter(({ kind }) => kind.is === 'text')
  return texts.every(
    ({ offset }) => record.readUInt16LE(offset) + record.readUInt16LE(offset + 2) <= record.length,
  )
}

/** The same lines three times: from objects, from views, and straight, in several batches. */
function compareLines(columns: Columns, options: SharedValues, layout: Layout, records: Buffer[]): void {
  found = new Set()
  const contexts = [newContext(), newContext(), newContext()] as const
  const [ofObjects, ofViews, straight] = contexts.map((context) => formatOf(columns, options, context))
  const [read, viewAt] = [compileReader<object>(layout), compileViews(layout)]
  const lineOf = (record: Buffer): string => ofObjects?.line(read(new RecordSource(record), 0)) ?? ''
  const writer = straight?.writer(layout)
  let written = ''
  const write = (batch: readonly Buffer[]): void => {
    written = ''
    writer?.write(batchOf(layout, batch), (rows) => (written += Buffer.from(rows).toString('latin1')))
  }

  const whole: Buffer[] = []
  for (const record of records) {
    try {
      lineOf(record)
      if (isWhole(record, layout)) whole.push(record)
    } catch {
      // The kernel side makes no such record.
      assert.throws(() => ofViews?.line(viewAt(new RecordSource(record), 0)))
      if (writer !== undefined) assert.throws(() => write([record]))
      assert.is(written, '')
    }
  }
  for (let from = 0; from < whole.length; from += 50) {
    const batch = whole.slice(from, from + 50)
    turn++
    for (const context of contexts) context.forget()
    const lines = batch.map(lineOf)
    batch.forEach((record, index) =>
      assert.is(ofViews?.line(viewAt(new RecordSource(record), 0)), lines[index]),
    )
    if (writer === undefined) continue
    write(batch)
    // By lines, of which a failure shows the first that differs.
    const wanted = Buffer.from(lines.join('')).toString('latin1').split('\n')
    written.split('\n').forEach((line, index) => assert.is(line, wanted[index]))
    assert.is(written.length, wanted.join('\n').length)
  }
}

suite('rows straight from records', (test) => {
  for (const tool of tools) {
    const columns = tool.filters === 'none' ? tool.columns : withContainer(tool.columns)
    const initial = initialValues(tool) as unknown as SharedValues
    const all = Object.keys(columns).filter((name) => name !== 'label')
    test(`${tool.name}: the lines that are made of objects`, () => {
      const layout = eventLayout(tool)
      const records = Array.from({ length: 200 }, () => randomRecord(layout))
      const forms: Partial<SharedValues>[] = [
        ...[{}, { json: true }, { csv: true }, { fields: all }, { fields: all.toReversed() }],
        ...(['seconds', 'clock', 'rfc3339'] as const).map((timeFormat) => ({ timeFormat, fields: all })),
      ]
      for (const form of forms) compareLines(columns, { ...initial, ...form }, layout, records)
    })
  }

  test('a view is read where it stands', () => {
    const layout: Layout = {
      name: 'event',
      size: 4,
      fields: [{ name: 'pid', key: 'pid', offset: 0, kind: { is: 'number', size: 4, signed: true } }],
    }
    const source = new RecordSource(Buffer.from(new Int32Array([5, -7]).buffer))
    const view = compileViews(layout)(source, 0) as unknown as { pid: number; $at: number }
    assert.is(view.pid, 5)
    view.$at = 4
    assert.is(view.pid, -7)
  })

  test('bytes that are no text are read as text is', () => {
    assert.equal(
      encodeText(new RecordSource(Buffer.from(broken, 'latin1')).chars(0, 4)),
      Buffer.from(broken, 'latin1'),
    )
  })
})
