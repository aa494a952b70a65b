import { parseCommandLine } from '../../core/cli/parse.js'
import { addressBytes } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcpconnlat } from './tcpconnlat.js'

const layout = eventLayout(tcpconnlat)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    latency: 1_654_321,
    pid: 1201,
    tid: 1202,
    uid: 1000,
    comm: 'wget',
    netns: 4026531840,
    lport: 41234,
    rport: 80,
    laddr: addressBytes(10, 153, 223, 157),
    raddr: addressBytes(23, 23, 100, 231),
    family: 'ipv4',
    connected: true,
    ...values,
  })

const wget = record({})
const refused = record({ connected: false, error: 111, latency: 50_000 })
const closed = record({ connected: false, latency: 250_860_000, time: 1_750_000_000 })

suite('tcpconnlat', (test) => {
  test("bcc's columns, and what became of it", () => {
    assert.is(
      renderRecords(tcpconnlat, [wget, refused, closed]),
      [
        'PID    COMM         IP SADDR           DADDR           DPORT ERR LAT(ms)',
        '1201   wget         4  10.153.223.157  23.23.100.231   80      0 1.65',
        '1201   wget         4  10.153.223.157  23.23.100.231   80    111 0.05',
        '1201   wget         4  10.153.223.157  23.23.100.231   80      - 250.86',
        '',
      ].join('\n'),
    )
  })

  test('-t and -L', () => {
    const lines = renderRecords(tcpconnlat, [wget, closed], { timestamp: true, lport: true }).split('\n')
    assert.ok(lines[2]?.startsWith('0.250    1201   wget         4  10.153.223.157  41234 23.23'), lines[2])
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(tcpconnlat, [refused], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      timestamp: 0,
      uid: 1000,
      pid: 1201,
      tid: 1202,
      comm: 'wget',
      netns: 4026531840,
      family: 'ipv4',
      laddr: '10.153.223.157',
      lport: 41234,
      raddr: '23.23.100.231',
      rport: 80,
      err: 111,
      error: 'ECONNREFUSED',
      container: null,
      ms: 0.05,
    })
  })

  test('a minimum in milliseconds, and fractions of them', async () => {
    const minimum = async (...words: string[]): Promise<unknown> => {
      const request = await parseCommandLine(tcpconnlat, words, '')
      return tcpconnlat.rodata['min_latency']?.('run' in request ? request.run : {})
    }
    assert.is(await minimum(), 0)
    assert.is(await minimum('10'), 10_000_000)
    assert.is(await minimum('0.1'), 100_000)
    const failure = await minimum('soon').catch((error: unknown) => error)
    assert.match(String(failure), 'takes a number of milliseconds')
  })
})
