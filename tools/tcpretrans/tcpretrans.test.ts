import { addressBytes, longAddress } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcpretrans } from './tcpretrans.js'

const layout = eventLayout(tcpretrans)
const record = (values: Record<string, unknown>): Buffer =>
  encodeRecord(layout, {
    time: 1_500_000_000,
    netns: 4026531840,
    lport: 22,
    rport: 46606,
    laddr: addressBytes(10, 153, 223, 157),
    raddr: addressBytes(69, 53, 245, 40),
    family: 'ipv4',
    segs: 2,
    seq: 3_000_000_001,
    knowsSeq: true,
    state: 'established',
    kind: 'segment',
    ...values,
  })

const segment = record({})
const probe = record({ kind: 'probe', segs: 1, knowsSeq: false, state: 'fin_wait1' })
const synack = record({ kind: 'synack', segs: 1, knowsSeq: false, state: 'new_syn_recv' })
const failed = record({ laddr: longAddress, raddr: longAddress, family: 'ipv6', ret: -101 })

suite('tcpretrans', (test) => {
  const clock = new Date(1500).toTimeString().slice(0, 8)

  test("bcc's columns, and how many", () => {
    assert.is(
      renderRecords(tcpretrans, [segment, probe, synack]),
      [
        'TIME     PID    IP LADDR:LPORT          T> RADDR:RPORT          SEGS STATE',
        `${clock} -      4  10.153.223.157:22    R> 69.53.245.40:46606      2 ESTABLISHED`,
        `${clock} -      4  10.153.223.157:22    L> 69.53.245.40:46606      1 FIN_WAIT1`,
        `${clock} -      4  10.153.223.157:22    R> 69.53.245.40:46606      1 NEW_SYN_RECV`,
        '',
      ].join('\n'),
    )
  })

  test('-s', () => {
    const lines = renderRecords(tcpretrans, [segment, probe], { sequence: true }).split('\n')
    assert.ok(lines[0]?.endsWith('SEGS        SEQ STATE'))
    assert.ok(lines[1]?.endsWith('   2 3000000001 ESTABLISHED'))
    assert.ok(lines[2]?.endsWith('   1          - FIN_WAIT1'))
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(tcpretrans, [failed], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      netns: 4026531840,
      pid: null,
      comm: null,
      container: null,
      family: 'ipv6',
      laddr: 'fe80::2000:bff:fe82:3ac',
      lport: 22,
      kind: 'segment',
      raddr: 'fe80::2000:bff:fe82:3ac',
      rport: 46606,
      segs: 2,
      seq: 3_000_000_001,
      error: 'ENETUNREACH',
      state: 'established',
    })
  })
})
