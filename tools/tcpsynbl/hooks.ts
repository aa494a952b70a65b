// How tcpsynbl hooks: one program a handshake for the histogram, and for the table all that can drop. What counts runs in
// softirqs, where no task can cut in: no kernel may skip those programs.
import { at, type Hook } from '../../core/index.js'
import type { tcpsynblSkeleton } from './tcpsynbl.skel.js'

type Program = NonNullable<(typeof tcpsynblSkeleton)['types']>['programs']
type View = { sockets: boolean }

const ofHistogram = ({ sockets }: View): boolean => !sockets
const ofTable = ({ sockets }: View): boolean => sockets

export const hooks: readonly Hook<Program, View>[] = [
  {
    name: 'seen4',
    when: ofHistogram,
    sees: 'IPv4 handshakes that end',
    interrupts: true,
    variants: at.entry(['seen4']),
  },
  {
    name: 'seen6',
    when: ofHistogram,
    sees: 'IPv6 handshakes that end',
    interrupts: true,
    optional: true,
    variants: at.entry(['seen6']),
  },
  {
    name: 'ack4',
    when: ofTable,
    sees: 'IPv4 handshakes that end',
    interrupts: true,
    variants: at.call(['ack4'], { entries: ['child', 'hash'] }),
  },
  {
    name: 'ack6',
    when: ofTable,
    sees: 'IPv6 handshakes that end',
    interrupts: true,
    optional: true,
    variants: at.call(['ack6'], { entries: ['child', 'hash'], returns: ['route'] }),
  },
  {
    name: 'syn',
    when: ofTable,
    sees: 'SYNs that are dropped or answered with a cookie',
    interrupts: true,
    variants: at.call(['syn'], { entries: ['request', 'answer'] }),
  },
  {
    name: 'rare4',
    when: ofTable,
    sees: 'SYNs to a broadcast address, and handshakes that an ICMP error ends',
    interrupts: true,
    variants: at.entry(['syn4', 'error']),
  },
  {
    name: 'rare6',
    when: ofTable,
    sees: 'IPv6 SYNs to an anycast or multicast address',
    interrupts: true,
    optional: true,
    variants: at.entry(['syn6']),
  },
  {
    name: 'listen',
    when: ofTable,
    sees: 'what backlog programs ask for, and listeners that close',
    optional: true,
    variants: at.entry(['listen', 'stop'], { missed: [], preempted: 'uncounted' }),
  },
  {
    name: 'now',
    when: ofTable,
    sees: 'queues and sk_drops at the time of a report',
    optional: true,
    variants: at.entry(['shown4', 'shown6'], { missed: [], preempted: 'uncounted' }),
  },
]
