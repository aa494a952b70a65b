import { parseCommandLine } from '../../core/cli/parse.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { maxBacklog } from './max_backlog.js'

const layout = eventLayout(maxBacklog)

function record(address: readonly number[], values: Record<string, unknown>): Buffer {
  return encodeRecord(layout, { time: 1_500_000_000, netns: 4026531840, times: 1, address, ...values })
}

const redis = record([127, 0, 0, 1], { lport: 6379, queue: 129, limit: 128, times: 17, where: 'ack' })
const web = record([...Array<number>(15).fill(0), 1], {
  time: 1_750_000_000,
  lport: 443,
  queue: 512,
  limit: 511,
  family: 'ipv6',
  where: 'syn',
})

suite('max_backlog', (test) => {
  const clock = (ms: number): string => new Date(ms).toTimeString().slice(0, 8)

  test('columns', () => {
    assert.is(
      renderRecords(maxBacklog, [redis, web]),
      [
        'TIME     PID     COMM            LADDR:LPORT           QUEUE LIMIT TIMES WHERE',
        `${clock(1500)} -       -               127.0.0.1:6379          129   128    17 ack`,
        `${clock(1750)} -       -               [::1]:443               512   511     1 syn`,
        '',
      ].join('\n'),
    )
  })

  test('-T: seconds since the first', () => {
    const lines = renderRecords(maxBacklog, [redis, web], { timestamp: true }).split('\n')
    assert.match(lines[2] ?? '', /^0\.250000 -/)
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(maxBacklog, [web], { json: true })), {
      time: '1970-01-01T00:00:01.750000000Z',
      netns: 4026531840,
      pid: null,
      comm: null,
      container: null,
      family: 'ipv6',
      laddr: '::1',
      lport: 443,
      queue: 512,
      limit: 511,
      times: 1,
      where: 'syn',
    })
  })

  test('-4, -6 and -P', async () => {
    const kept = async (...words: string[]): Promise<number[]> => {
      const request = await parseCommandLine(maxBacklog, words, '')
      const options = 'run' in request ? request.run : {}
      const events = [
        { family: 'ipv4', lport: 6379 },
        { family: 'ipv6', lport: 443 },
      ]
      return events.filter((event) => maxBacklog.keep?.(options)?.(event) ?? true).map(({ lport }) => lport)
    }
    assert.equal(await kept(), [6379, 443])
    assert.equal(await kept('-4'), [6379])
    assert.equal(await kept('-6'), [443])
    assert.equal(await kept('-4', '-6'), [6379, 443])
    assert.equal(await kept('-P', '443,80'), [443])
    assert.equal(await kept('-4', '-P', '443'), [])
  })

  test('no filter by the process that happens to run', async () => {
    for (const flag of ['-p', '-t', '-u', '-n', '--exec']) {
      const failure = await parseCommandLine(maxBacklog, [flag, '1'], '').catch((error: unknown) => error)
      assert.match(String(failure), 'unknown option')
    }
  })
})
