// What tools of TCP connections share: the fields of `struct connection` (bpf-src/lib/connection.bpf.h) as columns and filters.
import { formatAddress, formatEndpoint } from './address.js'

/** As records have it. */
export interface Connection {
  netns: number
  lport: number
  rport: number
  family: 'ipv4' | 'ipv6'
  laddr: Uint8Array
  raddr: Uint8Array
}

type Side = 'l' | 'r'

const sides = { l: 'local', r: 'remote' }

const addressOf = (side: Side) => (event: Connection) => formatAddress(event[`${side}addr`], event.family)

export const connection = {
  /** The constants behind -4 and -6. */
  rodata: {
    skip_ipv4: ({ ipv4, ipv6 }: { ipv4: boolean; ipv6: boolean }) => ipv6 && !ipv4,
    skip_ipv6: ({ ipv4, ipv6 }: { ipv4: boolean; ipv6: boolean }) => ipv4 && !ipv6,
  },
  family: () => ({
    describe: 'what it goes over, also where an IPv6 socket talks IPv4',
    header: 'IP',
    width: 2,
    text: ({ family }: Connection) => family.slice(-1),
  }),
  netns: () => ({ describe: 'network namespace of the socket', show: () => false }),
  address: (side: Side, header?: string, width = 16) => ({
    describe: `${sides[side]} address`,
    width,
    ...(header !== undefined && { header }),
    value: addressOf(side),
  }),
  port: (side: Side, header?: string) => ({
    describe: `${sides[side]} port`,
    width: 5,
    ...(header !== undefined && { header }),
  }),
  /** Address and port in one: `127.0.0.1:80`. */
  endpoint: (side: Side, width = 21) => ({
    describe: `${sides[side]} address and port`,
    header: `${side.toUpperCase()}ADDR:${side.toUpperCase()}PORT`,
    width,
    value: addressOf(side),
    text: (event: Connection) => formatEndpoint(addressOf(side)(event), event[`${side}port`]),
  }),
}
