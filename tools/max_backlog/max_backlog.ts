#!/usr/bin/env node
// max_backlog: whose accept queue was full, and how often.
import {
  at,
  column,
  defineEvents,
  formatAddress,
  formatEndpoint,
  main,
  option,
  preset,
  socketOwnerColumns,
  whole,
} from '../../core/index.js'
import { maxBacklogSkeleton, type OverflowEvent } from './max_backlog.skel.js'

const DEFAULT_RATE = 10

const addressOf = ({ address, family }: OverflowEvent): string => formatAddress(address, family)

const owner = socketOwnerColumns<OverflowEvent>('process that listens')

export const maxBacklog = defineEvents({
  name: 'max_backlog',
  summary: 'Trace full accept queues: which TCP listener, whose, how full and how often.',
  symptoms: [
    'connections refused or time out',
    'some requests take seconds, and the server is idle',
    'which server does not accept fast enough',
    'ListenOverflows grows',
  ],
  examples: [
    ['', 'every listener on this machine, in every network namespace'],
    ['-P 6379', 'redis only'],
    ['-d 60 --json', 'as JSON, for a minute'],
    ['--rate 0', 'a line for each time, however many'],
  ],
  blind: [
    'handshakes dropped because the SYN queue is full (TCPReqQFullDrop), and fast open’s own limit',
    'SYN cookies made by a BPF program (bpf_tcp_gen_syncookie), which the kernel counts as well',
  ],
  skeleton: maxBacklogSkeleton,
  // Whoever runs when a packet arrives has nothing to do with it.
  filters: 'none',
  stream: 'events',
  held: 'held',
  options: {
    ipv4: preset.ipv4,
    ipv6: preset.ipv6,
    port: preset.port,
    containers: preset.containers,
    rate: option.value({
      placeholder: 'LINES',
      describe: `Lines a second for each socket, each with how often it was full (${DEFAULT_RATE}); 0: all`,
      of: whole('a whole number', 0),
      group: 'Output:',
    }),
  },
  rodata: { max_rate: ({ rate }) => rate ?? DEFAULT_RATE },
  keep:
    ({ ipv4, ipv6, port }) =>
    ({ family, lport }) =>
      (ipv4 === ipv6 || ipv4 === (family === 'ipv4')) && (port.length === 0 || port.includes(lport)),
  // It all runs in softirqs, where no task can cut in: no kernel may skip these programs.
  hooks: [
    {
      name: 'ack4',
      sees: 'IPv4 handshakes that end at a full queue',
      interrupts: true,
      variants: at.call(['ack4'], { entries: ['child'] }),
    },
    {
      name: 'ack6',
      sees: 'IPv6 handshakes that end at a full queue',
      interrupts: true,
      optional: true,
      variants: at.call(['ack6'], { entries: ['child'], returns: ['route'] }),
    },
    {
      name: 'syn',
      sees: 'SYNs that come to a full queue',
      interrupts: true,
      variants: at.call(['syn'], { entries: ['request'] }),
    },
  ],
  columns: {
    time: {
      ...column.clock(),
      text: ({ time }, context, options) =>
        options.timestamp ? context.sinceFirst(time).toFixed(6) : context.clock(time),
    },
    netns: { describe: 'network namespace', show: () => false },
    ...owner,
    pid: { ...owner.pid, width: 7 },
    comm: { ...owner.comm, width: 15 },
    family: { describe: 'of the socket', show: () => false },
    laddr: {
      describe: 'local address and port',
      header: 'LADDR:LPORT',
      width: 21,
      value: addressOf,
      text: (event) => formatEndpoint(addressOf(event), event.lport),
    },
    lport: { describe: 'local port', show: () => false },
    queue: { describe: 'connections that waited to be accepted', width: 5, align: 'right' },
    limit: { describe: 'the most the queue is meant to hold', width: 5, align: 'right' },
    times: { describe: 'how often it was full since the last line', width: 5, align: 'right' },
    where: { describe: 'at the ACK that ends a handshake, or at a SYN' },
  },
})

void main(import.meta.url, maxBacklog)
