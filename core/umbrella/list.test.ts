import { UsageError } from '../errors.js'
import { assert, suite } from '../testing/suite.js'
import { findSymptoms, listJson, renderList } from './list.js'

const disks = { name: 'disks', summary: 'How long disks take.', symptoms: ['disk slow', 'iowait is high'] }
const queues = { name: 'queues', summary: 'Full queues.', symptoms: ['connections time out'] }
const found = (...words: string[]): string[] =>
  findSymptoms([disks, queues], words).map(({ symptom }) => symptom)

suite('list', (test) => {
  test('everything, by symptom', () =>
    assert.equal(found(), ['connections time out', 'disk slow', 'iowait is high']))

  test('words: in the symptom, the name or the summary, in any case, one or many', () => {
    assert.equal(found('Slow'), ['disk slow'])
    assert.equal(found('queues'), ['connections time out'])
    assert.equal(found('connection'), ['connections time out'])
    assert.equal(found('disks', 'high'), ['iowait is high'])
  })

  test('nothing found is said, and is a usage error', () =>
    assert.throws(
      () => found('slow', 'queue'),
      (error: unknown) => error instanceof UsageError && /no tool for "slow queue"/.test(error.message),
    ))

  test('a table that fits, each tool explained once', async () => {
    const text = await renderList(findSymptoms([disks, queues], []), 40)
    assert.is(
      text,
      [
        'SYMPTOM               TOOL',
        'connections time out  queues',
        'disk slow             disks',
        'iowait is high        disks',
        '',
        'TOOL    WHAT IT DOES',
        'disks   How long disks take.',
        'queues  Full queues.',
        '',
      ].join('\n'),
    )
  })

  test('as JSON: an object a tool', () =>
    assert.is(
      listJson(findSymptoms([queues, disks], ['slow'])),
      '{"tool":"disks","summary":"How long disks take.","symptoms":["disk slow","iowait is high"]}\n',
    ))
})
