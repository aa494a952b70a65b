import { parseCommandLine } from '../../core/cli/parse.js'
import { UsageError } from '../../core/errors.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { killsnoop } from './killsnoop.js'

const layout = eventLayout(killsnoop)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    ...{ time: 1_500_000_000, pid: 411, tid: 412, uid: 1000, asked: 22, sig: 9, via: 'kill', comm: 'bash' },
    ...{ targetPid: 2222, targetTid: 2222, targets: 1, targetComm: 'ru\nby', ...values },
  })

const reached = record({})
const refused = record({ ret: -1, targets: 0, sig: 35 })
const json = (bytes: Buffer): Record<string, unknown> =>
  JSON.parse(renderRecords(killsnoop, [bytes], { json: true })) as Record<string, unknown>

suite('killsnoop', (test) => {
  test("bcc's columns, and whom it reached", () => {
    const clock = new Date(1500).toTimeString().slice(0, 8)
    assert.is(
      renderRecords(killsnoop, [reached, refused]),
      [
        'TIME     PID     COMM            SIG TPID    TCOMM           RESULT',
        `${clock} 411     bash            9   2222    ru\\nby          0`,
        `${clock} 411     bash            35  22      -               -1`,
        '',
      ].join('\n'),
    )
  })

  test('JSON', () => {
    assert.equal(json(refused), {
      ...{ time: '1970-01-01T00:00:01.500000000Z', uid: 1000, pid: 411, tid: 412, comm: 'bash' },
      ...{ sig: 35, signal: 'SIGRTMIN+1', tpid: 22, ttid: null, tcomm: null, targets: 0, via: 'kill' },
      ...{ error: 'EPERM', container: null, ret: -1 },
    })
  })

  test('a thread, a group, and a descriptor that reached nobody', () => {
    const of = (values: object): unknown[] => {
      const { tpid, ttid, tcomm } = json(record({ ...values }))
      return [tpid, ttid, tcomm]
    }
    assert.equal(of({ via: 'tgkill', targetTid: 2223 }), [2222, 2223, 'ru\nby'])
    assert.equal(of({ targets: 3, asked: -7 }), [-7, null, null])
    assert.equal(of({ targets: 0, via: 'pidfd_send_signal', asked: 5 }), [null, null, null])
  })

  test('-s, -T and -n', async () => {
    const kept = async (...words: string[]): Promise<boolean> => {
      const request = await parseCommandLine(killsnoop, words, '')
      const event = { sig: 9, via: 'kill', targets: 1, targetPid: 22, asked: 1, comm: 'bash' }
      return killsnoop.keep?.('run' in request ? request.run : {})?.(event) ?? true
    }
    const words = [
      ['-s', 'kill'],
      ['-s', 'SIGTERM,9'],
      ['-s', '15'],
      ['-T', '22'],
      ['-T', '1'],
      ['-n', 'as'],
    ]
    assert.equal(await Promise.all(words.map((one) => kept(...one))), [true, true, false, true, false, true])
    try {
      await kept('-s', 'NOPE')
      assert.unreachable()
    } catch (error) {
      assert.ok(error instanceof UsageError)
      assert.is(error.message, '--signal takes a signal, by name or number, not "NOPE"')
    }
  })
})
