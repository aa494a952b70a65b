import { assert, suite } from '../testing/suite.js'
import { formatAddress, formatEndpoint } from './address.js'

const ipv6 = (...groups: number[]): Uint8Array =>
  Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))

suite('address', (test) => {
  test('IPv4', () => {
    assert.is(formatAddress(Uint8Array.of(10, 0, 255, 1, 9, 9), 'ipv4'), '10.0.255.1')
    assert.is(formatEndpoint('10.0.255.1', 80), '10.0.255.1:80')
  })

  test('IPv6, as RFC 5952 writes it', () => {
    assert.is(formatAddress(ipv6(0, 0, 0, 0, 0, 0, 0, 0), 'ipv6'), '::')
    assert.is(formatAddress(ipv6(0, 0, 0, 0, 0, 0, 0, 1), 'ipv6'), '::1')
    assert.is(formatAddress(ipv6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), 'ipv6'), '2001:db8::1:0:0:1')
    assert.is(formatEndpoint('::1', 80), '[::1]:80')
  })
})
