import { addressBytes, longAddress } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcpaccept } from './tcpaccept.js'

const layout = eventLayout(tcpaccept)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    pid: 907,
    tid: 908,
    uid: 33,
    comm: 'sshd',
    netns: 4026531840,
    rport: 32324,
    lport: 22,
    raddr: addressBytes(192, 168, 56, 1),
    laddr: addressBytes(192, 168, 56, 102),
    family: 'ipv4',
    knowsQueue: true,
    queue: 3,
    limit: 128,
    ...values,
  })

const first = record({ knowsQueue: false, queue: 0, limit: 0 })
const second = record({ time: 1_750_000_000, raddr: longAddress, laddr: longAddress, family: 'ipv6' })

suite('tcpaccept', (test) => {
  test("bcc's default columns, and the queue", () => {
    assert.is(
      renderRecords(tcpaccept, [first, second]),
      [
        'PID     COMM         IP RADDR           RPORT LADDR           LPORT QUEUE LIMIT',
        '907     sshd         4  192.168.56.1    32324 192.168.56.102  22        -     -',
        '907     sshd         6  fe80::2000:bff:fe82:3ac 32324 fe80::2000:bff:fe82:3ac 22        3   128',
        '',
      ].join('\n'),
    )
  })

  test('-T and -t', () => {
    const clock = new Date(1750).toTimeString().slice(0, 8)
    const lines = renderRecords(tcpaccept, [first, second], { time: true, timestamp: true }).split('\n')
    assert.match(lines[0] ?? '', /^TIME {5}TIME\(s\) {2}PID/)
    assert.ok(lines[2]?.startsWith(`${clock} 0.250    907 `), lines[2])
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(tcpaccept, [first], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      timestamp: 0,
      uid: 33,
      pid: 907,
      tid: 908,
      comm: 'sshd',
      netns: 4026531840,
      family: 'ipv4',
      raddr: '192.168.56.1',
      rport: 32324,
      laddr: '192.168.56.102',
      lport: 22,
      queue: null,
      container: null,
      limit: null,
    })
  })

  test('-P is of local ports', () => {
    const options = { ipv4: false, ipv6: false, port: [22] }
    assert.equal(tcpaccept.rodata['only_lports']?.(options), [22])
    assert.is(tcpaccept.rodata['only_rports'], undefined)
  })
})
