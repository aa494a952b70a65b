#!/usr/bin/env node
// tcplife: TCP sessions at their end: whose, for how long, and how many bytes each way.
import {
  at,
  column,
  connection,
  defineEvents,
  errnoName,
  main,
  option,
  preset,
  whoColumns,
} from '../../core/index.js'
import { type LifeEvent, tcplifeSkeleton } from './tcplife.skel.js'

const NANOS_PER_MS = 1e6
const output = 'Output:'

interface Shown {
  wide: boolean
}

const kib = (bytes: number): string => String(Math.floor(bytes / 1024))
const owned =
  <K extends 'pid' | 'tid' | 'uid' | 'comm'>(name: K) =>
  (event: LifeEvent): LifeEvent[K] | null =>
    event.knowsWho ? event[name] : null

export const tcplife = defineEvents({
  name: 'tcplife',
  summary: 'Trace TCP sessions at their end: which process, how long, and how many bytes each way.',
  symptoms: [
    'who talks to whom, and how much',
    'which connections use up the bandwidth',
    'connections are opened and closed all the time, for a few bytes each',
    'connections are reset or time out',
  ],
  examples: [
    ['', 'every session that ends on this machine'],
    ['-t -D 443', 'those to port 443, with the time'],
    ['-wT -L 80,443', 'those of a web server, in wide columns'],
    ['-p 181', 'those that process 181 opened, or accepted and closed'],
    ["--filter 'error != null'", 'those that were reset or timed out'],
    ['--csv -d 60', 'as CSV, for a minute'],
  ],
  blind: [
    'connects that fail (tcpconnlat, tcpconnect -x): they are no session',
    'how long sessions lasted that began before tracing; of one that was opened here then, SENT may hold a byte too many (its SYN)',
    'who accepted a session before tracing began, and nobody has closed since',
    'bytes that were sent and never acknowledged',
  ],
  skeleton: tcplifeSkeleton,
  stream: 'events',
  options: {
    ipv4: preset.overIpv4,
    ipv6: preset.overIpv6,
    localport: preset.localPorts,
    remoteport: preset.remotePorts,
    time: preset.time,
    timestamp: preset.seconds,
    wide: option.flag({ alias: 'w', describe: 'Columns as wide as IPv6 addresses, and IP', group: output }),
    csv: option.flag({ alias: 's', describe: 'Comma-separated values below a line of names', group: output }),
    printUid: preset.printUid,
  },
  rodata: {
    ...connection.rodata,
    only_lports: ({ localport }) => localport,
    only_rports: ({ remoteport }) => remoteport,
  },
  hooks: [
    {
      name: 'state',
      sees: 'sessions',
      // A program that is skipped has a twin that is not.
      variants: [
        { name: 'tp_btf', programs: ['state_tp_btf', 'twin_tp_btf'], missed: [], preempted: 'uncounted' },
        { name: 'kprobe', programs: ['state_kprobe', 'twin_tp_btf'], missed: [] },
        { name: 'raw_tp', programs: ['state_raw_tp', 'twin_raw_tp'], missed: [], preempted: 'uncounted' },
      ],
    },
    {
      name: 'accept',
      sees: 'who accepted the sessions that nobody closes, such as those that are reset',
      optional: true,
      variants: at.entry(['accept'], { missed: [], preempted: 'uncounted' }),
    },
  ],
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    uid: { ...whoColumns.uid, value: owned('uid') },
    pid: {
      describe: 'process that opened it, or that closed or accepted it; -: not known',
      width: 6,
      value: owned('pid'),
    },
    tid: { describe: 'its thread', show: () => false, value: owned('tid') },
    comm: { describe: 'its name', width: 12, value: owned('comm') },
    netns: connection.netns(),
    family: { ...connection.family(), show: ({ wide }: Shown) => wide },
    laddr: { ...connection.address('l'), width: addressWidth },
    lport: connection.port('l'),
    raddr: { ...connection.address('r'), width: addressWidth },
    rport: connection.port('r'),
    sent: {
      describe: 'bytes that were sent and acknowledged; in text whole KiB',
      header: 'TX_KB',
      width: 5,
      align: 'right',
      text: ({ sent }) => kib(sent),
    },
    received: {
      describe: 'bytes that were received; in text whole KiB',
      header: 'RX_KB',
      width: 5,
      align: 'right',
      text: ({ received }) => kib(received),
    },
    error: {
      describe: 'what ended it where it was not closed, such as ECONNRESET',
      show: () => false,
      value: ({ error }) => (error === 0 ? null : errnoName(error)),
    },
    ms: {
      describe: 'how long it lasted, in milliseconds; -: it began before tracing',
      value: ({ knowsBegin, duration }) => (knowsBegin ? duration / NANOS_PER_MS : null),
      text: ({ knowsBegin, duration }) => (knowsBegin ? (duration / NANOS_PER_MS).toFixed(2) : '-'),
    },
  },
})

function addressWidth({ wide }: Shown): number {
  return wide ? 26 : 15
}

void main(import.meta.url, tcplife)
