import { parseCommandLine } from '../../core/cli/parse.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { runqslower } from './runqslower.js'

const layout = eventLayout(runqslower)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    waited: 16_345_678,
    pid: 1201,
    tid: 1202,
    uid: 1000,
    cpu: 3,
    comm: 'nginx',
    prevPid: 77,
    prevTid: 78,
    prevComm: 'cc1plus',
    ...values,
  })
const clock = (line = ''): string => line.replace(/^\d\d:\d\d:01/, 'HH:MM:01')

suite('runqslower', (test) => {
  test("bcc's columns", () => {
    const lines = renderRecords(runqslower, [
      record({}),
      record({ comm: 'a\nb', waited: 999, tid: 4194303 }),
    ]).split('\n')
    assert.equal(lines.map(clock), [
      'TIME     COMM             TID          LAT(us)',
      'HH:MM:01 nginx            1202           16345',
      'HH:MM:01 a\\nb             4194303            0',
      '',
    ])
  })

  test('-P and -U', () => {
    const lines = renderRecords(runqslower, [record({})], { previous: true, printUid: true }).split('\n')
    assert.equal(lines.map(clock), [
      'TIME     UID    COMM             TID          LAT(us) PREV COMM        PREV TID',
      'HH:MM:01 1000   nginx            1202           16345 cc1plus          78',
      '',
    ])
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(runqslower, [record({})], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      uid: 1000,
      comm: 'nginx',
      pid: 1201,
      tid: 1202,
      cpu: 3,
      waited: 16345.678,
      prevPid: 77,
      prevComm: 'cc1plus',
      container: null,
      prevTid: 78,
    })
  })

  test('the minimum is in microseconds, 10000 where none is given; the letters are those of bcc', async () => {
    const minimum = async (...words: string[]): Promise<unknown> => {
      const request = await parseCommandLine(runqslower, words, '')
      const values = ('run' in request ? request.run : {}) as never
      return runqslower.rodata['min_wait']?.(values)
    }
    assert.equal([await minimum(), await minimum('0'), await minimum('500')], [10_000_000, 0, 500_000])
    const bad = await minimum('-5').catch((error: unknown) => error)
    assert.instance(bad, Error)
    const request = await parseCommandLine(runqslower, ['-P', '-t', String(process.pid), '1'], '')
    const { previous, tid, ppid } = 'run' in request ? request.run : {}
    assert.equal([previous, tid, ppid], [true, { only: [process.pid], not: [] }, { only: [], not: [] }])
  })
})
