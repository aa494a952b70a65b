#!/usr/bin/env node
// exitsnoop: who ended, after how long, and of what.
import { at, column, defineEvents, main, option, preset, signalName, text } from '../../core/index.js'
import { type ExitEvent, exitsnoopSkeleton } from './exitsnoop.skel.js'

const output = 'Output:'

const signalOf = ({ status }: ExitEvent): number => status & 0x7f
const codeOf = ({ status }: ExitEvent): number => (status >> 8) & 0xff
const dumped = ({ status }: ExitEvent): boolean => (status & 0x80) !== 0

export const exitsnoop = defineEvents({
  name: 'exitsnoop',
  summary: 'Trace processes that end: who, after how long, and of which exit code or signal.',
  symptoms: [
    'a service restarts again and again',
    'processes die and no log says why',
    'was it a crash, a signal, or an exit code',
    'commands fail somewhere in a script',
  ],
  examples: [
    ['', 'every process that ends on this machine'],
    ['-x', 'those that fail: an exit code other than 0, or a signal'],
    ['-t --comm nginx', 'with the time of day, of one program'],
    ['-T -p 181', 'each thread of process 181'],
    [`--json --filter 'signal != null'`, 'what was ended by a signal, as JSON'],
  ],
  blind: ['whose doing a signal was: see killsnoop, and oomkill for the kernel’s own'],
  skeleton: exitsnoopSkeleton,
  stream: 'events',
  options: {
    failed: option.flag({
      alias: 'x',
      describe: 'Failures only: an exit code other than 0, or a signal',
      group: 'Which events:',
    }),
    threads: option.flag({
      alias: 'T',
      also: ['per-thread', 'threaded'],
      describe: 'A row for each thread, not for each process',
    }),
    timestamp: option.flag({ alias: 't', describe: 'Show the time of day', group: output }),
    utc: option.flag({ describe: 'With -t: in UTC', group: output }),
    label: option.value({
      placeholder: 'TEXT',
      describe: 'Show this text in each row',
      of: text,
      group: output,
    }),
    printUid: preset.printUid,
  },
  rodata: {
    failed_only: ({ failed }) => failed,
    by_thread: ({ threads }) => threads,
  },
  hooks: [
    {
      name: 'exit',
      sees: 'processes and threads that end',
      variants: [
        ...at.tracepoint(['exit'], { preempted: 'counted' }),
        { name: 'kprobe', programs: ['exit_kprobe'], missed: [] },
      ],
    },
  ],
  columns: {
    time: {
      ...column.clock(),
      show: ({ timestamp }) => timestamp,
      text: ({ time }, context, { utc }) =>
        utc ? context.wallTime(time).slice(11, 19) : context.clock(time),
    },
    label: {
      describe: 'the text of --label; only where it was given, and in text',
      width: 8,
      show: ({ label }) => label !== undefined,
      sparse: true,
      value: () => null,
      text: (_, __, { label }) => label ?? '',
    },
    uid: column.uid(),
    comm: { describe: 'name of the process, with -T of the thread', header: 'PCOMM', width: 16 },
    pid: { describe: 'process ID', width: 7 },
    ppid: { describe: 'process ID of the parent', width: 7 },
    tid: { describe: 'the thread that ended, of a process the last one', width: 7 },
    age: {
      describe: 'seconds since it was started',
      header: 'AGE(s)',
      width: 7,
      value: ({ age }) => age / 1e9,
      text: ({ age }) => (age / 1e9).toFixed(2),
    },
    code: {
      describe: 'exit code; null after a signal',
      show: () => false,
      value: (event) => (signalOf(event) === 0 ? codeOf(event) : null),
    },
    signal: {
      describe: 'the signal that ended it, by name; null where it ended by itself',
      show: () => false,
      value: (event) => (signalOf(event) === 0 ? null : signalName(signalOf(event))),
    },
    core: { describe: 'whether a core was dumped', show: () => false, value: dumped },
    exit: {
      describe: 'the same in words',
      header: 'EXIT_CODE',
      value: describeExit,
      alarm: ({ status }) => status !== 0,
    },
  },
})

/** As bcc says it. */
function describeExit(event: ExitEvent): string {
  const signal = signalOf(event)
  if (signal === 0) return codeOf(event) === 0 ? '0' : `code ${codeOf(event)}`
  const name = signalName(signal).replace(/^SIG/, '')
  return `signal ${signal} (${name})${dumped(event) ? ', core dumped' : ''}`
}

void main(import.meta.url, exitsnoop)
