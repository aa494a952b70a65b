#!/usr/bin/env node
// syscount: which system calls, how many, and how long they took.
import {
  at,
  completing,
  defineIntervals,
  errnoNames,
  errnoNumber,
  loadSyscalls,
  main,
  option,
  seconds,
  syscallName,
  syscallNames,
  syscallNumbers,
  whole,
} from '../../core/index.js'
import { syscountSkeleton } from './syscount.skel.js'

const which = 'Which calls:'
const output = 'Output:'
const DEFAULT_TOP = 10

export const syscount = defineIntervals({
  name: 'syscount',
  summary: 'Count system calls, by call or by process: how many, how many fail, how long they take.',
  symptoms: [
    'system time is high',
    'which process makes so many system calls, and which ones',
    'a program is slow and it is not its own code',
    'calls that fail again and again',
  ],
  examples: [
    ['', `the ${DEFAULT_TOP} that are made most on this machine, until Ctrl-C`],
    ['-L -p 181 1', 'of process 181 each second, with the time that they took'],
    ['-P -T 5 -i 10', 'the five processes that make the most, every ten seconds'],
    ['-x -d 10', 'those that fail, of ten seconds'],
    ['-e ENOENT -P', 'who looks for what is not there'],
    ['--syscall fsync -P -L', 'who waits for fsync, and how long'],
  ],
  blind: [
    'calls that never return: exit, exit_group, and those that a thread is killed in',
    'with -L calls that were under way when tracing began',
    'on x86 execveat that works: the kernel makes it an execve',
  ],
  skeleton: syscountSkeleton,
  options: {
    every: option.value({
      alias: 'i',
      also: ['interval'],
      placeholder: 'SECONDS',
      describe: 'Seconds between reports, as [interval]',
      of: seconds,
      standsFor: 'interval',
      group: output,
    }),
    top: option.value({
      alias: 'T',
      placeholder: 'N',
      describe: `Show so many rows of a report (in text ${DEFAULT_TOP}, else all)`,
      of: whole('a number of rows above 0', 1),
      group: output,
    }),
    failures: option.flag({ alias: 'x', describe: 'Calls that fail only', group: which }),
    errno: option.value({
      alias: 'e',
      placeholder: 'ERRNO',
      describe: 'Calls that fail with this error only, by name or number',
      of: completing(errnoNames(), parseErrno),
      group: which,
    }),
    syscall: option.value({
      placeholder: 'NAME',
      describe: 'This system call only',
      of: parseSyscall,
      group: which,
    }),
    latency: option.flag({ alias: 'L', describe: 'With the time that they took', group: output }),
    milliseconds: option.flag({ alias: 'm', describe: 'With -L: in milliseconds', group: output }),
    process: option.flag({ alias: 'P', describe: 'By process, not by call', group: output }),
    list: option.flag({
      alias: 'l',
      describe: 'List the system calls that have a name, and end',
      prints: () => `${syscallNames().join('\n')}\n`,
      group: output,
    }),
  },
  rodata: {
    by_process: ({ process }) => {
      loadSyscalls()
      return process
    },
    failed_only: ({ failures }) => failures,
    with_latency: ({ latency }) => latency,
    only_errno: ({ errno }) => errno ?? 0,
    only_one: ({ syscall }) => syscall !== undefined,
    only_native: ({ syscall }) => syscall?.native ?? -1,
    only_compat: ({ syscall }) => syscall?.compat ?? -1,
  },
  hooks: [
    {
      name: 'sys_exit',
      sees: 'system calls that return',
      variants: at.tracepoint(['exit'], { preempted: 'counted' }),
    },
    {
      name: 'sys_enter',
      when: ({ latency }) => latency,
      sees: 'when system calls began',
      variants: at.tracepoint(['enter'], { preempted: 'counted' }),
    },
    {
      // Frees what is kept of them.
      name: 'process_exit',
      when: ({ latency, process }) => latency || process,
      sees: 'threads that end',
      variants: at.tracepoint(['end'], { missed: [] }),
    },
  ],
  table: {
    map: 'calls',
    more: ['usual_calls'],
    events: ({ count }) => count,
    gone: ({ ended }) => ended,
    rows: ({ top, json, csv }) => top ?? (json || csv ? undefined : DEFAULT_TOP),
    sort: (a, b) => b.spent - a.spent || b.count - a.count,
    columns: {
      syscall: {
        describe: 'the system call; not with -P',
        width: 22,
        sparse: true,
        show: ({ process }) => !process,
        value: ({ pid, abi, number }) => (pid === 0 ? syscallName(abi, number) : null),
      },
      abi: {
        describe: 'whose call: of a 64-bit program (x64, arm64) or a 32-bit one (i386, arm); not with -P',
        sparse: true,
        show: () => false,
        value: ({ pid, abi }) => (pid === 0 ? abi : null),
      },
      pid: {
        describe: 'process ID, with -P',
        width: 7,
        sparse: true,
        show: ({ process }) => process,
        value: ({ pid }) => pid || null,
      },
      comm: {
        describe: 'name of the process, with -P',
        width: 16,
        sparse: true,
        show: ({ process }) => process,
        value: ({ pid, comm }) => (pid === 0 ? null : comm),
      },
      count: { describe: 'how many', width: 9, align: 'right' },
      us: {
        describe: 'microseconds that all of them took together; 0 without -L',
        header: 'TIME (us)',
        width: 16,
        align: 'right',
        show: ({ latency, milliseconds }) => latency && !milliseconds,
        value: ({ spent }) => spent / 1e3,
        text: ({ spent }) => (spent / 1e3).toFixed(3),
      },
      ms: {
        describe: 'the same in milliseconds',
        header: 'TIME (ms)',
        width: 16,
        align: 'right',
        show: ({ latency, milliseconds }) => latency && milliseconds,
        value: ({ spent }) => spent / 1e6,
        text: ({ spent }) => (spent / 1e6).toFixed(6),
      },
    },
  },
})

function parseErrno(word: string): number {
  const found = errnoNumber(word)
  if (found !== undefined && found > 0 && found < 4096) return found
  throw new TypeError('an error such as ENOENT, or its number')
}

function parseSyscall(word: string): { native: number; compat: number } {
  const found = syscallNumbers(word)
  if (found !== undefined) return found
  throw new TypeError('the name of a system call (--list has them all)')
}

void main(import.meta.url, syscount)
