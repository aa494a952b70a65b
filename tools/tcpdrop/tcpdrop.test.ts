import { addressBytes } from '../../core/testing/connection.js'
import { encodeRecord } from '../../core/testing/record.js'
import { eventLayout, renderRecords } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { tcpdrop } from './tcpdrop.js'

const layout = eventLayout(tcpdrop)
/** Of no function: no kernel lies there. */
const LOCATION = 0x1234

const record = (values: Record<string, unknown>): Buffer => {
  const { location = LOCATION, ...rest } = values
  const bytes = encodeRecord(layout, {
    time: 1_500_000_000,
    netns: 4026531840,
    seq: 7,
    sport: 38370,
    dport: 33707,
    saddr: addressBytes(10, 0, 0, 1),
    daddr: addressBytes(10, 0, 0, 2),
    family: 'ipv4',
    state: 'unknown',
    flags: 2,
    ...rest,
  })
  const at = layout.fields.find(({ key }) => key === 'location')?.offset ?? 0
  bytes.writeBigUInt64LE(BigInt(location as number), at)
  return bytes
}

const syn = record({})
const data = record({ state: 'established', flags: 0x18, bytes: 512, knowsReason: true, reason: 65_432 })

suite('tcpdrop', (test) => {
  test("bcc's columns, and where", () => {
    const lines = renderRecords(tcpdrop, [syn, data]).split('\n')
    assert.is(
      lines[0],
      'TIME     PID     IP SADDR:SPORT          > DADDR:DPORT          STATE       (FLAGS)   REASON           FUNCTION',
    )
    assert.match(
      lines[1] ?? '',
      /^\d\d:\d\d:\d\d - {7}4 {2}10\.0\.0\.1:38370 {7}> 10\.0\.0\.2:33707 {7}- {11}\(SYN\) {5}- {16}0x0000000000001234$/,
    )
    assert.match(lines[2] ?? '', / ESTABLISHED \(PSH\|ACK\) 65432 {12}0x0{12}1234$/)
  })

  test('-k: the functions from the one that dropped it on', () => {
    const stack = Buffer.alloc(24)
    ;[1, LOCATION, 0x2345].forEach((address, frame) => stack.writeBigUInt64LE(BigInt(address), 8 * frame))
    const line = renderRecords(tcpdrop, [record({ frames: 3, stack })], { stack: true }).split('\n')[1]
    assert.ok(line?.endsWith('0x0000000000001234 < 0x0000000000002345'), line)
  })

  test('JSON', () => {
    assert.equal(JSON.parse(renderRecords(tcpdrop, [data], { json: true })), {
      time: '1970-01-01T00:00:01.500000000Z',
      ...{ netns: 4026531840, pid: null, comm: null, container: null, family: 'ipv4' },
      ...{ saddr: '10.0.0.1', sport: 38370, daddr: '10.0.0.2', dport: 33707 },
      ...{ state: 'established', flags: 'PSH|ACK', seq: 7, bytes: 512, reason: '65432' },
      ...{ location: '0x0000000000001234', stack: [] },
    })
  })
})
