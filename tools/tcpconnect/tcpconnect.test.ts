import { addressBytes, longAddress } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcpconnect } from './tcpconnect.js'

const layout = eventLayout(tcpconnect)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    pid: 1469,
    tid: 1470,
    uid: 1000,
    comm: 'curl',
    netns: 4026531840,
    lport: 41234,
    rport: 80,
    laddr: addressBytes(10, 201, 219, 236),
    raddr: addressBytes(54, 245, 105, 25),
    family: 'ipv4',
    ...values,
  })

const curl = record({})
const ssh = record({
  time: 1_750_000_000,
  pid: 2015,
  comm: 'ssh',
  rport: 22,
  laddr: longAddress,
  raddr: longAddress,
  family: 'ipv6',
})
const failed = record({ ret: -101, laddr: addressBytes(), lport: 0 })

suite('tcpconnect', (test) => {
  test("bcc's default columns", () => {
    assert.is(
      renderRecords(tcpconnect, [curl, ssh]),
      [
        'PID    COMM         IP SADDR            DADDR            DPORT',
        '1469   curl         4  10.201.219.236   54.245.105.25    80',
        '2015   ssh          6  fe80::2000:bff:fe82:3ac fe80::2000:bff:fe82:3ac 22',
        '',
      ].join('\n'),
    )
  })

  test('-t -U -L -x', () => {
    assert.is(
      renderRecords(tcpconnect, [curl, failed], {
        timestamp: true,
        printUid: true,
        lport: true,
        fails: true,
      }),
      [
        'TIME(s)  UID    PID    COMM         IP ERR SADDR            LPORT DADDR            DPORT',
        '0.000    1000   1469   curl         4    0 10.201.219.236   41234 54.245.105.25    80',
        '0.000    1000   1469   curl         4  101 0.0.0.0          0     54.245.105.25    80',
        '',
      ].join('\n'),
    )
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(tcpconnect, [failed], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      timestamp: 0,
      uid: 1000,
      pid: 1469,
      tid: 1470,
      comm: 'curl',
      netns: 4026531840,
      family: 'ipv4',
      err: 101,
      error: 'ENETUNREACH',
      laddr: '0.0.0.0',
      lport: 0,
      raddr: '54.245.105.25',
      container: null,
      rport: 80,
    })
  })

  test('-4, -6, -P and -x are constants of the kernel side', () => {
    const constants = (options: Record<string, unknown>): unknown[] =>
      ['skip_ipv4', 'skip_ipv6', 'only_rports', 'want_failed'].map((name) =>
        tcpconnect.rodata[name]?.({ ipv4: false, ipv6: false, port: [], fails: false, ...options }),
      )
    assert.equal(constants({}), [false, false, [], false])
    assert.equal(constants({ ipv4: true, port: [80] }), [false, true, [80], false])
    assert.equal(constants({ ipv6: true, fails: true }), [true, false, [], true])
    assert.equal(constants({ ipv4: true, ipv6: true }), [false, false, [], false])
  })
})
