#!/usr/bin/env node
// tcpsynbl: how long accept queues are, and which listener drops what, and why.
import {
  connection,
  defineIntervals,
  formatAddress,
  formatEndpoint,
  main,
  option,
  preset,
  type RowContext,
  showListeners,
  type SocketOwner,
  socketOwner,
  socketOwnerColumns,
} from '../../core/index.js'
import { answer } from './answer.js'
import { hooks } from './hooks.js'
import { type ListenerKey, type ListenerRow, tcpsynblSkeleton } from './tcpsynbl.skel.js'

type Listener = ListenerKey & ListenerRow

const addressOf = ({ address, family }: ListenerRow): string => formatAddress(address, family)

/** Whoever has it open; else who called listen(2) or closed it. */
const ownerOf = ({ inode, opener, openerComm }: Listener, context: RowContext): SocketOwner | undefined =>
  context.look(socketOwner, inode) ?? (opener === 0 ? undefined : { pid: opener, comm: openerComm })

const overflowsOf = ({ overflowsAtAck, overflowsAtSyn }: ListenerRow): number =>
  overflowsAtAck + overflowsAtSyn

const askedOf = ({ knowsAsked, asked }: ListenerRow): number | null => (knowsAsked ? asked : null)

/** The length of the queue is noted when a handshake ends, and when the list of listeners was read. */
const queueMaxOf = ({ values, queue }: ListenerRow & { values: { max: number | null } }): number =>
  Math.max(values.max ?? 0, queue)

const owner = socketOwnerColumns<Listener>('process that listens', ownerOf)

export const tcpsynbl = defineIntervals({
  name: 'tcpsynbl',
  summary: 'Accept queues of TCP listeners: how long, whose was full, how often, and which limit to raise.',
  examples: [
    ['', 'how long queues are when handshakes end, by their limit, until Ctrl-C'],
    ['-T 10 6', 'the same every 10 seconds for a minute'],
    ['--sockets', 'a row a listener instead, and at the end what to do'],
    ['--sockets -P 6379 1', 'one of redis every second'],
    ['--sockets --json -d 60', 'as JSON, of a minute'],
  ],
  blind: [
    'fast open’s own limit, and SYNs with a fast-open cookie that come while the listener closes',
    'listeners of SMC; of MPTCP the SYNs to broadcast and multicast addresses',
    'SYN cookies made by a BPF program (bpf_tcp_gen_syncookie), which the kernel counts as well',
  ],
  symptoms: [
    'connections time out or are refused while the server is idle',
    'random latency of one or three seconds when connecting',
    'ListenOverflows, ListenDrops or "SYN flooding" in the log',
  ],
  skeleton: tcpsynblSkeleton,
  // Whoever runs when a packet arrives has nothing to do with it.
  filters: 'none',
  options: {
    ipv4: preset.ipv4,
    ipv6: preset.ipv6,
    port: preset.port,
    containers: preset.containers,
    sockets: option.flag({
      describe: 'A row for each listener: what it dropped, its queue and its limits',
      group: 'Output:',
    }),
  },
  rodata: {
    ...connection.rodata,
    only_lports: ({ port }) => port,
  },
  hooks,
  histogram: {
    map: 'limits',
    unit: () => ({ name: 'backlog', divisor: 1 }),
    keys: { limit: { describe: 'the most the queue is meant to hold', header: 'backlog_max' } },
  },
  table: {
    when: ({ sockets }) => sockets,
    map: 'listeners',
    histogram: 'queues',
    redraw: true,
    events: ({ seen }) => seen,
    refresh: () => void showListeners(),
    needs: socketOwner.needs,
    gone: ({ closed }) => closed,
    sort: (a, b) => overflowsOf(b) - overflowsOf(a) || b.drops - a.drops || b.seen - a.seen,
    columns: {
      ...owner,
      pid: { ...owner.pid, width: 7 },
      comm: { ...owner.comm, width: 12 },
      netns: { describe: 'network namespace', show: () => false },
      family: { describe: 'of the socket', show: () => false },
      laddr: {
        describe: 'local address and port',
        header: 'LADDR:LPORT',
        width: 17,
        value: addressOf,
        text: (row) => formatEndpoint(addressOf(row), row.lport),
      },
      lport: { describe: 'local port', show: () => false },
      seen: { describe: 'handshakes that reached their final ACK', width: 5, align: 'right' },
      overflowsAtAck: {
        describe: 'final ACKs that found the queue full',
        header: 'ACK',
        width: 4,
        align: 'right',
      },
      overflowsAtSyn: { describe: 'SYNs that found it full', header: 'SYN', width: 5, align: 'right' },
      overflows: { describe: 'both (ListenOverflows)', show: () => false, value: overflowsOf },
      drops: { describe: 'all SYNs and ACKs dropped (ListenDrops)', show: () => false },
      socketDrops: { describe: 'how far sk_drops has grown, as in `ss -ltm`', show: () => false },
      queue: { describe: 'connections that wait to be accepted now', width: 5, align: 'right' },
      queueMax: {
        describe: 'the most that waited',
        header: 'MAX',
        width: 5,
        align: 'right',
        value: queueMaxOf,
      },
      limit: { describe: 'the most the queue is meant to hold', width: 5, align: 'right' },
      asked: {
        describe: 'backlog the program asked listen(2) for; -: it did that before',
        width: 5,
        align: 'right',
        value: askedOf,
      },
      somaxconn: { describe: 'net.core.somaxconn of its network namespace', show: () => false },
      synQueueFull: { describe: 'SYNs that found the SYN queue full', show: () => false },
      cookies: { describe: 'SYN cookies sent', show: () => false },
      buckets: {
        describe: 'queue lengths at handshakes: [low, high, count] by powers of two',
        show: () => false,
        value: ({ values }) => values.buckets(),
      },
    },
    answer: (rows, seconds, _, context) =>
      answer(
        rows.map((row) => ({
          pid: ownerOf(row, context)?.pid ?? null,
          comm: ownerOf(row, context)?.comm ?? null,
          laddr: addressOf(row),
          lport: row.lport,
          overflows: overflowsOf(row),
          drops: row.drops,
          synQueueFull: row.synQueueFull,
          queueMax: queueMaxOf(row),
          limit: row.limit,
          asked: askedOf(row),
          somaxconn: row.somaxconn,
        })),
        seconds,
      ),
  },
})

void main(import.meta.url, tcpsynbl)
