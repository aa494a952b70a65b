#!/usr/bin/env node
// tcpconnect: who connects where.
import { at, column, connection, defineEvents, main, option, preset, whoColumns } from '../../core/index.js'
import { tcpconnectSkeleton } from './tcpconnect.skel.js'

export const tcpconnect = defineEvents({
  name: 'tcpconnect',
  summary: 'Trace TCP connects: which process connects to which address and port.',
  symptoms: [
    'which servers or databases does a program talk to',
    'who opens all these connections',
    'a program connects to the wrong address, or again and again',
    'network is unreachable, cannot assign requested address',
  ],
  examples: [
    ['', 'every connect on this machine'],
    ['-x', 'those too that fail before anything is sent'],
    ['-P 5432,6379', 'to these ports'],
    ['-t -U -L', 'with the time, the user and the local port'],
    ['--exec npm install', 'by a command and all its descendants'],
  ],
  blind: [
    'what becomes of the handshake: connects that are refused or time out look like others',
    'connections that others make to this machine (tcpaccept), UDP, Unix sockets',
  ],
  skeleton: tcpconnectSkeleton,
  stream: 'events',
  options: {
    fails: option.flag({
      alias: 'x',
      describe: 'Connects too that fail at once, such as without a route',
      group: 'Which events:',
    }),
    ipv4: preset.overIpv4,
    ipv6: preset.overIpv6,
    port: preset.remotePort,
    time: preset.time,
    timestamp: preset.seconds,
    lport: option.flag({ alias: 'L', describe: 'Show the local port', group: 'Output:' }),
    printUid: preset.printUid,
  },
  rodata: {
    ...connection.rodata,
    only_rports: ({ port }) => port,
    want_failed: ({ fails }) => fails,
  },
  hooks: [
    {
      name: 'connect',
      sees: 'connects',
      variants: at.return(['connect4', 'connect6'], { pending: 'pending', preempted: 'counted' }),
    },
  ],
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    ...whoColumns,
    netns: connection.netns(),
    family: connection.family(),
    err: {
      describe: 'errno; 0: a SYN was sent',
      width: 3,
      align: 'right',
      show: ({ fails }) => fails,
      alarm: ({ ret }) => ret < 0,
      value: ({ ret }) => -ret,
    },
    error: column.errorName(),
    laddr: connection.address('l', 'SADDR'),
    lport: { ...connection.port('l'), show: (options) => options.lport },
    raddr: connection.address('r', 'DADDR'),
    rport: connection.port('r', 'DPORT'),
  },
})

void main(import.meta.url, tcpconnect)
