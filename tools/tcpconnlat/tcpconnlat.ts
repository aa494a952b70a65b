#!/usr/bin/env node
// tcpconnlat: how long connects take, and what becomes of them.
import {
  column,
  connection,
  defineEvents,
  errnoName,
  main,
  milliseconds,
  option,
  preset,
  whoColumns,
} from '../../core/index.js'
import { type ConnectedEvent, tcpconnlatSkeleton } from './tcpconnlat.skel.js'

const NANOS_PER_MS = 1e6

export const tcpconnlat = defineEvents({
  name: 'tcpconnlat',
  summary: 'Trace the latency of TCP connects: how long each took, by whom, and whether it worked.',
  symptoms: [
    'connecting to a server or database is slow',
    'connection refused, connection timed out',
    'a request takes one, three or seven seconds longer than it should',
    'is it the network or the server that is slow',
  ],
  examples: [
    ['', 'every connect on this machine, once it has ended'],
    ['100', 'those that took 100 milliseconds and more'],
    ['-P 5432', 'to this port'],
    ["--filter 'err > 0'", 'those that failed'],
  ],
  blind: [
    'connects that fail before anything is sent (tcpconnect -x), and those still under way at the end',
    'with fast open the clock runs while the SYN waits for the first data',
  ],
  skeleton: tcpconnlatSkeleton,
  stream: 'events',
  options: {
    minimum: option.positional({
      describe: 'Only connects that took so many milliseconds and more',
      of: milliseconds,
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
    min_latency: ({ minimum }) => Math.round((minimum ?? 0) * NANOS_PER_MS),
  },
  hooks: [
    {
      name: 'state',
      sees: 'connects',
      // A program that is skipped has a twin that is not.
      variants: [
        { name: 'tp_btf', programs: ['state_tp_btf', 'twin_tp_btf'], missed: [], preempted: 'uncounted' },
        { name: 'kprobe', programs: ['state_kprobe', 'twin_tp_btf'], missed: [] },
        { name: 'raw_tp', programs: ['state_raw_tp', 'twin_raw_tp'], missed: [], preempted: 'uncounted' },
      ],
    },
  ],
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    ...whoColumns,
    netns: connection.netns(),
    family: connection.family(),
    laddr: connection.address('l', 'SADDR', 15),
    lport: { ...connection.port('l'), show: (options) => options.lport },
    raddr: connection.address('r', 'DADDR', 15),
    rport: connection.port('r', 'DPORT'),
    err: {
      describe: 'errno; 0: connected; -: closed before',
      width: 3,
      align: 'right',
      alarm: ({ connected }) => !connected,
      value: ({ connected, error }) => (connected || error !== 0 ? error : null),
    },
    error: {
      describe: 'its name',
      show: () => false,
      value: ({ error }) => (error === 0 ? null : errnoName(error)),
    },
    ms: {
      describe: 'how long it took, in milliseconds',
      header: 'LAT(ms)',
      value: ({ latency }: ConnectedEvent) => latency / NANOS_PER_MS,
      text: ({ latency }) => (latency / NANOS_PER_MS).toFixed(2),
    },
  },
})

void main(import.meta.url, tcpconnlat)
