import { parseCommandLine } from '../../core/cli/parse.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { exitsnoop } from './exitsnoop.js'

const layout = eventLayout(exitsnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    age: 1_654_321_000,
    pid: 19004,
    ppid: 19003,
    tid: 19004,
    uid: 1000,
    comm: 'sleep',
    ...values,
  })
const exitOf = (status: number): unknown =>
  (JSON.parse(renderRecords(exitsnoop, [record({ status })], { json: true })) as { exit: string }).exit

suite('exitsnoop', (test) => {
  test("bcc's columns", () => {
    assert.is(
      renderRecords(exitsnoop, [record({}), record({ comm: 'ba\nsh', status: 9, age: 383_000_000 })]),
      [
        'PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE',
        'sleep            19004   19003   19004   1.65    0',
        'ba\\nsh           19004   19003   19004   0.38    signal 9 (KILL)',
        '',
      ].join('\n'),
    )
  })

  test('-t, --utc, --label and -U', () => {
    assert.equal(
      renderRecords(exitsnoop, [record({})], {
        timestamp: true,
        utc: true,
        label: 'web',
        printUid: true,
      }).split('\n'),
      [
        'TIME     LABEL    UID    PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE',
        '00:00:01 web      1000   sleep            19004   19003   19004   1.65    0',
        '',
      ],
    )
  })

  test('every kind of end', () => {
    assert.equal([0, 1 << 8, 255 << 8, 15, 6 | 0x80, 35].map(exitOf), [
      '0',
      'code 1',
      'code 255',
      'signal 15 (TERM)',
      'signal 6 (ABRT), core dumped',
      'signal 35 (RTMIN+1)',
    ])
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(exitsnoop, [record({ status: 6 | 0x80 })], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      uid: 1000,
      comm: 'sleep',
      pid: 19004,
      ppid: 19003,
      tid: 19004,
      age: 1.654321,
      code: null,
      signal: 'SIGABRT',
      core: true,
      container: null,
      exit: 'signal 6 (ABRT), core dumped',
    })
  })

  test('the letters are those of bcc', async () => {
    const request = await parseCommandLine(exitsnoop, ['-xtT'], '')
    const { failed, timestamp, threads, tid } = 'run' in request ? request.run : {}
    assert.equal([failed, timestamp, threads, tid], [true, true, true, { only: [], not: [] }])
    assert.equal(
      await parseCommandLine(exitsnoop, ['--per-thread'], ''),
      await parseCommandLine(exitsnoop, ['-T'], ''),
    )
  })
})
