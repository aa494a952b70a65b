// How tcpsynbl hooks: one program a handshake for the histogram, and for the table all that can drop. What counts runs in
// softirqs, where no task can cut in: no kernel may skip those programs.
import type { Hook } from '../../core/index.js'
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
    variants: [
      { name: 'fentry', programs: ['seen4_fentry'], missed: ['seen4_fentry'] },
      { name: 'kprobe', programs: ['seen4_kprobe'], missed: ['seen4_kprobe'] },
    ],
  },
  {
    name: 'seen6',
    when: ofHistogram,
    sees: 'IPv6 handshakes that end',
    optional: true,
    variants: [
      { name: 'fentry', programs: ['seen6_fentry'], missed: ['seen6_fentry'] },
      { name: 'kprobe', programs: ['seen6_kprobe'], missed: ['seen6_kprobe'] },
    ],
  },
  {
    name: 'ack4',
    when: ofTable,
    sees: 'IPv4 handshakes that end',
    variants: [
      {
        name: 'fexit',
        programs: ['child_fentry', 'hash_fentry', 'ack4_fexit', 'ack4_fentry'],
        missed: ['ack4_fentry'],
      },
      {
        name: 'kprobe',
        programs: ['child_kprobe', 'hash_kprobe', 'ack4_kretprobe', 'ack4_kprobe'],
        missed: ['ack4_kprobe'],
      },
    ],
  },
  {
    name: 'ack6',
    when: ofTable,
    sees: 'IPv6 handshakes that end',
    optional: true,
    variants: [
      {
        name: 'fexit',
        programs: ['child_fentry', 'hash_fentry', 'route_fexit', 'ack6_fexit', 'ack6_fentry'],
        missed: ['ack6_fentry'],
      },
      {
        name: 'kprobe',
        programs: ['child_kprobe', 'hash_kprobe', 'route_kretprobe', 'ack6_kretprobe', 'ack6_kprobe'],
        missed: ['ack6_kprobe'],
      },
    ],
  },
  {
    name: 'syn',
    when: ofTable,
    sees: 'SYNs that are dropped or answered with a cookie',
    variants: [
      {
        name: 'fexit',
        programs: ['request_fentry', 'answer_fentry', 'syn_fexit', 'syn_fentry'],
        missed: ['syn_fentry'],
      },
      {
        name: 'kprobe',
        programs: ['request_kprobe', 'answer_kprobe', 'syn_kretprobe', 'syn_kprobe'],
        missed: ['syn_kprobe'],
      },
    ],
  },
  {
    name: 'rare4',
    when: ofTable,
    sees: 'SYNs to a broadcast address, and handshakes that an ICMP error ends',
    variants: [
      {
        name: 'fentry',
        programs: ['syn4_fentry', 'error_fentry'],
        missed: ['syn4_fentry', 'error_fentry'],
      },
      {
        name: 'kprobe',
        programs: ['syn4_kprobe', 'error_kprobe'],
        missed: ['syn4_kprobe', 'error_kprobe'],
      },
    ],
  },
  {
    name: 'rare6',
    when: ofTable,
    sees: 'IPv6 SYNs to an anycast or multicast address',
    optional: true,
    variants: [
      { name: 'fentry', programs: ['syn6_fentry'], missed: ['syn6_fentry'] },
      { name: 'kprobe', programs: ['syn6_kprobe'], missed: ['syn6_kprobe'] },
    ],
  },
  {
    name: 'listen',
    when: ofTable,
    sees: 'what backlog programs ask for, and listeners that close',
    optional: true,
    variants: [
      { name: 'fentry', programs: ['listen_fentry', 'stop_fentry'], missed: [], preempted: 'uncounted' },
      { name: 'kprobe', programs: ['listen_kprobe', 'stop_kprobe'], missed: [] },
    ],
  },
  {
    name: 'now',
    when: ofTable,
    sees: 'queues and sk_drops at the time of a report',
    optional: true,
    variants: [
      { name: 'fentry', programs: ['shown4_fentry', 'shown6_fentry'], missed: [], preempted: 'uncounted' },
      { name: 'kprobe', programs: ['shown4_kprobe', 'shown6_kprobe'], missed: [] },
    ],
  },
]
