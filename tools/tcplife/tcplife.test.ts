import { addressBytes, longAddress } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcplife } from './tcplife.js'

const layout = eventLayout(tcplife)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    duration: 5_456_321,
    sent: 1023,
    received: 5_000_000_000,
    pid: 22597,
    tid: 22598,
    uid: 1000,
    comm: 'recordProg',
    netns: 4026531840,
    lport: 46644,
    rport: 28527,
    laddr: addressBytes(127, 0, 0, 1),
    raddr: addressBytes(127, 0, 0, 1),
    family: 'ipv4',
    knowsBegin: true,
    knowsWho: true,
    ...values,
  })

const session = record({})
const reset = record({ knowsBegin: false, knowsWho: false, error: 104, time: 1_750_000_000 })
const ipv6 = record({ family: 'ipv6', laddr: longAddress, raddr: longAddress })

suite('tcplife', (test) => {
  test("bcc's columns", () => {
    assert.is(
      renderRecords(tcplife, [session, reset]),
      [
        'PID    COMM         LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS',
        '22597  recordProg   127.0.0.1       46644 127.0.0.1       28527     0 4882812 5.46',
        '-      -            127.0.0.1       46644 127.0.0.1       28527     0 4882812 -',
        '',
      ].join('\n'),
    )
  })

  test('-t and -w', () => {
    assert.is(
      renderRecords(tcplife, [session, ipv6], { timestamp: true, wide: true }),
      [
        'TIME(s)  PID    COMM         IP LADDR                      LPORT RADDR                      RPORT TX_KB RX_KB MS',
        '0.000    22597  recordProg   4  127.0.0.1                  46644 127.0.0.1                  28527     0 4882812 5.46',
        '0.000    22597  recordProg   6  fe80::2000:bff:fe82:3ac    46644 fe80::2000:bff:fe82:3ac    28527     0 4882812 5.46',
        '',
      ].join('\n'),
    )
  })

  test('JSON has bytes, and null for what is not known', () => {
    const json = (of: Buffer): unknown => JSON.parse(renderRecords(tcplife, [of], { json: true }))
    const known = {
      time: '1970-01-01T00:00:01.500000000Z',
      timestamp: 0,
      ...{ uid: 1000, pid: 22597, tid: 22598, comm: 'recordProg' },
      ...{ netns: 4026531840, family: 'ipv4' },
      ...{ laddr: '127.0.0.1', lport: 46644, raddr: '127.0.0.1', rport: 28527 },
      ...{ sent: 1023, received: 5_000_000_000, error: null, container: null, ms: 5.456321 },
    }
    assert.equal(json(session), known)
    assert.equal(json(reset), {
      ...{ ...known, time: '1970-01-01T00:00:01.750000000Z' },
      ...{ uid: null, pid: null, tid: null, comm: null, error: 'ECONNRESET', ms: null },
    })
  })
})
