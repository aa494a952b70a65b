import { addressBytes, longAddress } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { solisten } from './solisten.js'

const layout = eventLayout(solisten)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    pid: 4221,
    tid: 4221,
    comm: 'redis-server',
    netns: 4026532165,
    lport: 6379,
    backlog: 511,
    knowsBacklog: true,
    limit: 128,
    address: addressBytes(0, 0, 0, 0),
    family: 'ipv4',
    ...values,
  })

const redis = record({})
const again = record({ ret: -98, lport: 443, address: longAddress, family: 'ipv6', backlog: -1, comm: 'web' })

suite('solisten', (test) => {
  test("bcc's default columns, and the limit", () => {
    assert.is(
      renderRecords(solisten, [redis, again]),
      [
        'PID    COMM         PROTO  BACKLOG  LIMIT  ERR ADDR                     PORT',
        '4221   redis-server TCPv4  511      128      0 0.0.0.0                  6379',
        '4221   web          TCPv6  -1       128     98 fe80::2000:bff:fe82:3ac  443',
        '',
      ].join('\n'),
    )
  })

  test('a backlog that is not known', () => {
    const [, line] = renderRecords(solisten, [record({ knowsBacklog: false, backlog: 128 })]).split('\n')
    assert.ok(line?.includes('TCPv4  -        128 '), line)
  })

  test('--show-netns', () => {
    const lines = renderRecords(solisten, [redis], { showNetns: true }).split('\n')
    assert.is(
      lines[1],
      '4221   redis-server 4026532165   TCPv4  511      128      0 0.0.0.0                  6379',
    )
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(solisten, [again], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      timestamp: 0,
      uid: 0,
      pid: 4221,
      tid: 4221,
      comm: 'web',
      netns: 4026532165,
      family: 'ipv6',
      backlog: -1,
      limit: 128,
      err: 98,
      error: 'EADDRINUSE',
      laddr: 'fe80::2000:bff:fe82:3ac',
      container: null,
      lport: 443,
    })
  })
})
