#!/usr/bin/env node
// solisten: who listens where, with which backlog.
import {
  column,
  connection,
  defineEvents,
  formatAddress,
  main,
  option,
  preset,
  whoColumns,
} from '../../core/index.js'
import { solistenSkeleton } from './solisten.skel.js'

export const solisten = defineEvents({
  name: 'solisten',
  summary: 'Trace listen(2) on TCP sockets: who listens where, with which backlog and limit.',
  symptoms: [
    'which backlog does a server ask for, and does it get it',
    'address already in use',
    'when is a server ready for connections',
    'which ports does a program open',
  ],
  examples: [
    ['', 'every listen(2) on this machine'],
    ["--filter 'limit < backlog'", 'those that net.core.somaxconn cuts short'],
    ['-p 181 --show-netns', 'by process 181, with the network namespace'],
    ['--exec redis-server', 'by a command'],
  ],
  blind: [
    'bind(2) that fails: no listen(2) follows',
    'what io_uring and the kernel ask for, where that is net.core.somaxconn or more',
    'before Linux 6.6 listen(2) on an MPTCP socket is its first subflow’s',
  ],
  skeleton: solistenSkeleton,
  stream: 'events',
  options: {
    ipv4: preset.ipv4,
    ipv6: preset.ipv6,
    port: preset.localPort,
    time: preset.time,
    timestamp: preset.seconds,
    showNetns: option.flag({ describe: 'Show the network namespace', group: 'Output:' }),
    printUid: preset.printUid,
  },
  rodata: { ...connection.rodata, only_lports: ({ port }) => port },
  hooks: [
    {
      name: 'listen',
      sees: 'listen(2)',
      variants: [
        {
          name: 'fexit',
          programs: ['listen_fexit', 'ask_fentry'],
          missed: ['listen_fexit'],
          preempted: 'counted',
        },
        {
          name: 'fexit_inet_listen',
          programs: ['socket_fexit', 'ask_fentry'],
          missed: ['socket_fexit'],
          preempted: 'counted',
        },
        {
          name: 'kprobe',
          programs: ['listen_kretprobe', 'listen_kprobe', 'ask_kprobe'],
          missed: ['listen_kprobe'],
          pending: 'pending',
        },
        {
          name: 'kprobe_inet_listen',
          programs: ['socket_kretprobe', 'socket_kprobe', 'ask_kprobe'],
          missed: ['socket_kprobe'],
          pending: 'pending',
        },
      ],
    },
  ],
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    ...whoColumns,
    netns: { describe: 'network namespace of the socket', width: 12, show: ({ showNetns }) => showNetns },
    family: {
      describe: 'of the socket',
      header: 'PROTO',
      width: 6,
      text: ({ family }) => (family === 'ipv4' ? 'TCPv4' : 'TCPv6'),
    },
    backlog: {
      describe: 'what listen(2) was asked for; -: not known, LIMIT or more',
      width: 8,
      value: ({ knowsBacklog, backlog }) => (knowsBacklog ? backlog : null),
    },
    limit: { describe: 'the most the accept queue is meant to hold', width: 6 },
    err: {
      describe: 'errno; 0: it listens',
      width: 3,
      align: 'right',
      alarm: ({ ret }) => ret < 0,
      value: ({ ret }) => -ret,
    },
    error: column.errorName(),
    laddr: {
      describe: 'local address',
      header: 'ADDR',
      width: 24,
      value: ({ address, family }) => formatAddress(address, family),
    },
    lport: { describe: 'local port', header: 'PORT' },
  },
})

void main(import.meta.url, solisten)
