#!/usr/bin/env node
// tcpaccept: who accepts which connections, and what its queue still holds.
import { at, column, connection, defineEvents, main, preset, whoColumns } from '../../core/index.js'
import { tcpacceptSkeleton } from './tcpaccept.skel.js'

export const tcpaccept = defineEvents({
  name: 'tcpaccept',
  summary: 'Trace TCP accepts: which process accepts whose connection, and how long its queue is.',
  symptoms: [
    'who connects to this server',
    'does a server accept its connections at all, and in time',
    'connections wait to be accepted',
    'which worker takes the connections',
  ],
  examples: [
    ['', 'every accept on this machine'],
    ['-P 80,443', 'on these local ports'],
    ['-T -p 181', 'by process 181, with the time of day'],
    ["--filter 'queue > 0'", 'those that leave others waiting'],
  ],
  blind: [
    'connections that nobody has accepted yet (tcpsynbl --sockets)',
    'QUEUE and LIMIT of the first connection of each thread that waited in accept(2) already',
  ],
  skeleton: tcpacceptSkeleton,
  stream: 'events',
  options: {
    ipv4: preset.overIpv4,
    ipv6: preset.overIpv6,
    port: preset.localPort,
    time: preset.time,
    timestamp: preset.seconds,
    printUid: preset.printUid,
  },
  rodata: { ...connection.rodata, only_lports: ({ port }) => port },
  hooks: [
    {
      name: 'accept',
      sees: 'accepts',
      variants: at.entry(['graft', 'begin'], { missed: ['graft'], preempted: 'counted' }),
    },
  ],
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    ...whoColumns,
    pid: { ...whoColumns.pid, width: 7 },
    netns: connection.netns(),
    family: connection.family(),
    raddr: connection.address('r', 'RADDR', 15),
    rport: connection.port('r'),
    laddr: connection.address('l', 'LADDR', 15),
    lport: connection.port('l'),
    queue: {
      describe: 'connections that still wait to be accepted; -: not known',
      width: 5,
      align: 'right',
      value: ({ knowsQueue, queue }) => (knowsQueue ? queue : null),
    },
    limit: {
      describe: 'the most the queue is meant to hold; -: not known',
      width: 5,
      align: 'right',
      value: ({ knowsQueue, limit }) => (knowsQueue ? limit : null),
    },
  },
})

void main(import.meta.url, tcpaccept)
