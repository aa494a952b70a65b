#!/usr/bin/env node
// tcpretrans: what TCP sends again, and whose connection it is.
import {
  at,
  column,
  connection,
  defineEvents,
  main,
  option,
  preset,
  socketOwnerColumns,
} from '../../core/index.js'
import { type RetransmitEvent, tcpretransSkeleton } from './tcpretrans.skel.js'

const owner = socketOwnerColumns<RetransmitEvent>('process that has the socket')

export const tcpretrans = defineEvents({
  name: 'tcpretrans',
  summary: 'Trace TCP retransmissions: of which connection, in which state, and how many segments.',
  symptoms: [
    'RetransSegs grows, packets get lost',
    'some requests take 200 milliseconds, or one or three seconds',
    'transfers are slow or stall',
    'which peer or path loses packets',
  ],
  examples: [
    ['', 'every retransmission on this machine'],
    ['-l', 'and the tail loss probes that send something new'],
    ["--filter 'state == syn_sent'", 'connects that get no answer'],
    ['-d 60 --json', 'as JSON, for a minute'],
  ],
  blind: [
    'what was lost: some retransmissions are spurious',
    'before Linux 5.13 what a fast-open SYN carried and the server did not take',
    'QUIC and whatever else repeats itself over UDP',
  ],
  skeleton: tcpretransSkeleton,
  // Whoever runs when a timer fires or a packet arrives has nothing to do with it.
  filters: 'none',
  stream: 'events',
  options: {
    lossprobe: option.flag({
      alias: 'l',
      describe: 'Tail loss probes too that send something new',
      group: 'Which events:',
    }),
    ipv4: preset.overIpv4,
    ipv6: preset.overIpv6,
    sequence: option.flag({ alias: 's', describe: 'Show the sequence number', group: 'Output:' }),
    containers: preset.containers,
  },
  rodata: { ...connection.rodata, want_probes: ({ lossprobe }) => lossprobe },
  hooks: [
    {
      name: 'segments',
      sees: 'segments sent again',
      interrupts: true,
      variants: at.call(['again', 'probe'], { pending: 'attempts', preempted: 'counted' }),
    },
    {
      name: 'synacks',
      sees: 'SYN-ACKs sent again',
      variants: at.tracepoint(['synack']),
    },
  ],
  columns: {
    time: column.clock(),
    netns: connection.netns(),
    ...owner,
    pid: { ...owner.pid, width: 6 },
    comm: { ...owner.comm, show: () => false },
    family: connection.family(),
    laddr: connection.endpoint('l', 20),
    lport: { describe: 'local port', show: () => false },
    kind: {
      describe: 'a segment (R), by a tail loss probe (L), or a SYN-ACK (R)',
      header: 'T>',
      width: 2,
      text: ({ kind }) => (kind === 'probe' ? 'L>' : 'R>'),
    },
    raddr: connection.endpoint('r', 20),
    rport: { describe: 'remote port', show: () => false },
    segs: {
      describe: 'how many segments, as RetransSegs counts; 0: a probe with something new',
      width: 4,
      align: 'right',
    },
    seq: {
      describe: 'sequence number of the first byte; -: not known',
      width: 10,
      align: 'right',
      show: ({ sequence }) => sequence,
      value: ({ knowsSeq, seq }) => (knowsSeq ? seq : null),
    },
    error: column.errorName('why it could not be sent, where it is counted all the same'),
    state: { describe: 'of the connection', text: ({ state }) => state.toUpperCase() },
  },
})

void main(import.meta.url, tcpretrans)
