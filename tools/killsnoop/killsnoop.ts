#!/usr/bin/env node
// killsnoop: who sends which signal to whom.
import { at, column, defineEvents, main, option, preset, signalName, whole } from '../../core/index.js'
import { parseSignal } from './parse-signal.js'
import { type KillEvent, killsnoopSkeleton } from './killsnoop.skel.js'

const filters = 'Which events:'

/** As the programs are called, of each width. */
const calls = ['kill', 'tkill', 'tgkill', 'queue', 'tgqueue', 'pidfd'] as const
const calls32 = calls.map((call) => `${call}_32` as const)

export const killsnoop = defineEvents({
  name: 'killsnoop',
  summary: 'Trace signals that processes send: who sends which one to whom, and what comes of it.',
  symptoms: [
    'who killed a process',
    'a service gets SIGTERM or SIGKILL from somewhere',
    'kill says no such process, or not permitted',
    'a health check or supervisor kills too early',
  ],
  examples: [
    ['', 'every signal that a process sends on this machine'],
    ['-s KILL,TERM', 'those that end a process'],
    ['-T 181', 'those that are sent to process 181'],
    ['-x', 'those that could not be sent'],
    ['--comm systemd --json', 'by systemd, as JSON'],
  ],
  blind: [
    'signals of the kernel’s own: faults, timers, the terminal (Ctrl-C), and oomkill’s',
    'whom signal 0 would have reached, beyond the number that was passed: it is never sent',
  ],
  skeleton: killsnoopSkeleton,
  stream: 'events',
  options: {
    failed: option.flag({ alias: 'x', describe: 'Only calls that fail', group: filters }),
    signal: option.list({
      alias: 's',
      placeholder: 'SIGNAL',
      describe: 'These signals only, by name or number',
      of: parseSignal,
      group: filters,
    }),
    tpid: option.list({
      alias: 'T',
      placeholder: 'PID',
      describe: 'Only those sent to these processes',
      of: whole('a process ID (a whole number above 0)', 1),
      group: filters,
    }),
    printUid: preset.printUid,
  },
  rodata: { failed_only: ({ failed }) => failed },
  keep:
    ({ signal, tpid, name }) =>
    (event) =>
      (signal.length === 0 || signal.includes(event.sig)) &&
      (tpid.length === 0 || tpid.includes(targetOf(event) ?? 0)) &&
      (name === undefined || event.comm.includes(name)),
  hooks: [
    {
      name: 'call',
      sees: 'system calls that send signals',
      variants: [
        ...at.return(calls, { pending: 'pending', preempted: 'counted' }),
        { name: 'raw_tp', programs: ['call_raw_tp'], missed: [], preempted: 'uncounted' },
      ],
    },
    {
      name: 'call32',
      sees: 'system calls of 32-bit programs that send signals',
      optional: true,
      variants: [
        ...at.return(calls32, { pending: 'pending', preempted: 'counted' }),
        // The same program sees both.
        { name: 'raw_tp', programs: ['call_raw_tp'], missed: [], preempted: 'uncounted' },
      ],
    },
    {
      name: 'target',
      sees: 'whom a signal reached, beyond the number that was passed',
      optional: true,
      variants: at.tracepoint(['reached'], { missed: [] }),
    },
  ],
  columns: {
    time: column.clock(),
    uid: column.uid(),
    pid: { describe: 'process that sent it', width: 7 },
    tid: { describe: 'thread that sent it', show: () => false },
    comm: { describe: 'its name', width: 15 },
    sig: { describe: 'the signal; 0 only asks whether it could be sent', header: 'SIG', width: 3 },
    signal: {
      describe: 'its name; null for 0',
      show: () => false,
      value: ({ sig }) => (sig === 0 ? null : signalName(sig)),
    },
    tpid: {
      describe:
        'process that was reached; where there are none or several, what was passed, as the sender numbers it: 0 its group, below 0 a group',
      width: 7,
      value: targetOf,
    },
    ttid: {
      describe: 'thread that was reached; null where it was sent to a process',
      show: () => false,
      value: ({ via, targets, targetTid }) => (targets === 1 && toThread.has(via) ? targetTid : null),
    },
    tcomm: {
      describe: 'name of who was reached; null where there are none or several',
      width: 15,
      value: ({ targets, targetComm }) => (targets === 1 ? targetComm : null),
    },
    targets: { describe: 'how many were reached', show: () => false },
    via: { describe: 'the system call', show: () => false },
    error: column.errorName('errno by name; null where it was sent'),
    ret: { describe: '0, or the errno below 0', header: 'RESULT', alarm: ({ ret }) => ret < 0 },
  },
})

const toThread: ReadonlySet<KillEvent['via']> = new Set(['tkill', 'tgkill', 'rt_tgsigqueueinfo'])

function targetOf({ via, targets, targetPid, asked }: KillEvent): number | null {
  if (targets === 1) return targetPid
  // A descriptor is no process.
  return via === 'pidfd_send_signal' ? null : asked
}

void main(import.meta.url, killsnoop)
