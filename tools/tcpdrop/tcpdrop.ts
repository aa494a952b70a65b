#!/usr/bin/env node
// tcpdrop: which TCP packets the kernel drops, why, and where.
import {
  at,
  column,
  connection,
  defineEvents,
  formatAddress,
  formatEndpoint,
  kernelEnum,
  kernelFunction,
  main,
  option,
  preset,
  type RowContext,
  socketOwnerColumns,
} from '../../core/index.js'
import { type DropEvent, tcpdropSkeleton } from './tcpdrop.skel.js'

const owner = socketOwnerColumns<DropEvent>('process that has the socket')
const reasons = kernelEnum('skb_drop_reason')
const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

export const tcpdrop = defineEvents({
  name: 'tcpdrop',
  summary: 'Trace TCP packets that the kernel drops: which, why, and in which of its functions.',
  symptoms: [
    'packets arrive and the program does not get them',
    'retransmissions though the network loses nothing',
    'connects time out: is it a firewall',
    'checksum errors, InErrs or InCsumErrors grow',
  ],
  examples: [
    ['', 'every TCP packet that is dropped on this machine'],
    ['-k', 'with the functions that led there'],
    ["--filter 'reason != NO_SOCKET'", 'all but those to ports where nobody listens'],
    ["--filter 'dport == 443 and flags ~ SYN'", 'connects to this port'],
    ['-d 60 --json', 'as JSON, for a minute'],
  ],
  blind: [
    'what the network or the hardware dropped before',
    'SYNs to a listener whose queue is full (tcpsynbl, max_backlog): the kernel frees them as if they had been taken',
    'why, before Linux 5.17; and before 5.18 what an established connection drops itself: old data, bad sequence numbers, a full buffer',
    'drivers that free what they have sent as if they had dropped it show up, in net_tx_action',
    'IPv6 packets with extension headers, and fragments',
    'before Linux 6.11 the socket that was to receive it, where that was not noted in the packet: PID and STATE are -',
  ],
  skeleton: tcpdropSkeleton,
  // Whoever runs when a packet arrives has nothing to do with it.
  filters: 'none',
  stream: 'events',
  options: {
    ipv4: preset.overIpv4,
    ipv6: preset.overIpv6,
    stack: option.flag({
      alias: 'k',
      describe: 'Show the functions that led there, the innermost first',
      group: 'Output:',
    }),
    containers: preset.containers,
  },
  rodata: { ...connection.rodata, want_stack: ({ stack }) => stack },
  hooks: [
    {
      name: 'drop',
      sees: 'packets that are dropped',
      variants: at.tracepoint(['drop'], { preempted: 'counted' }),
    },
    {
      name: 'timewait',
      sees: 'which packets end at a connection in TIME_WAIT, and are no drops',
      optional: true,
      variants: at.entry(['timewait'], { missed: [], preempted: 'uncounted' }),
    },
  ],
  columns: {
    time: column.clock(),
    netns: { describe: 'network namespace; 0: not known', show: () => false },
    ...owner,
    pid: { ...owner.pid, width: 7 },
    comm: { ...owner.comm, show: () => false },
    family: {
      describe: 'what it goes over',
      header: 'IP',
      width: 2,
      text: ({ family }) => family.slice(-1),
    },
    saddr: {
      describe: 'source address and, in text, port',
      header: `${'SADDR:SPORT'.padEnd(20)} >`,
      width: 22,
      value: ({ saddr, family }) => formatAddress(saddr, family),
      text: ({ saddr, family, sport }) =>
        `${formatEndpoint(formatAddress(saddr, family), sport).padEnd(20)} >`,
    },
    sport: { describe: 'source port', show: () => false },
    daddr: {
      describe: 'destination address and, in text, port',
      header: 'DADDR:DPORT',
      width: 20,
      value: ({ daddr, family }) => formatAddress(daddr, family),
      text: ({ daddr, family, dport }) => formatEndpoint(formatAddress(daddr, family), dport),
    },
    dport: { describe: 'destination port', show: () => false },
    state: {
      describe: 'of the socket; -: not known',
      width: 11,
      value: ({ state }) => (state === 'unknown' ? null : state),
      text: ({ state }) => (state === 'unknown' ? '-' : state.toUpperCase()),
    },
    flags: {
      describe: 'of the packet, such as SYN|ACK',
      header: '(FLAGS)',
      width: 9,
      value: flagsOf,
      text: (event) => `(${flagsOf(event)})`,
    },
    seq: { describe: 'sequence number', show: () => false },
    bytes: { describe: 'bytes without headers', show: () => false },
    reason: {
      describe: 'why, as the kernel names it; -: this kernel does not say',
      width: 16,
      value: reasonOf,
    },
    location: {
      describe: 'function of the kernel that dropped it; an address where /proc/kallsyms shows none',
      header: 'FUNCTION',
      width: 20,
      needs: kernelFunction.needs,
      value: ({ location }, context) => functionAt(location, context),
    },
    stack: {
      describe: 'with -k: the functions that led there, the innermost first',
      show: ({ stack }) => stack,
      needs: kernelFunction.needs,
      value: stackOf,
      text: (event, context) => stackOf(event, context).join(' < '),
    },
  },
})

function flagsOf({ flags }: DropEvent): string {
  return flagNames.filter((_, bit) => (flags >> bit) & 1).join('|')
}

function reasonOf({ knowsReason, reason }: DropEvent, context: RowContext): string | null {
  if (!knowsReason) return null
  const name = context.look(reasons, reason)
  return name?.replace(/^SKB_(DROP_REASON_)?/, '') ?? String(reason)
}

function functionAt(address: bigint, context: RowContext): string {
  const digits = address.toString(16).padStart(16, '0')
  return context.look(kernelFunction, digits) ?? `0x${digits}`
}

/** From the function that dropped it on: before it lies what tells of it. */
function stackOf({ frames, stack, location }: DropEvent, context: RowContext): string[] {
  const view = new DataView(stack.buffer, stack.byteOffset, stack.byteLength)
  const names = Array.from({ length: frames }, (_, frame) =>
    functionAt(view.getBigUint64(8 * frame, true), context),
  )
  return names.slice(Math.max(names.indexOf(functionAt(location, context)), 0))
}

void main(import.meta.url, tcpdrop)
