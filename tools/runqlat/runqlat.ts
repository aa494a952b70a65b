#!/usr/bin/env node
// runqlat: how long threads wait for a processor, as histograms.
import { defineIntervals, main, option, runQueue, taskName } from '../../core/index.js'
import { runqlatSkeleton } from './runqlat.skel.js'

const output = 'Output:'

export const runqlat = defineIntervals({
  name: 'runqlat',
  summary: 'Histograms of run queue latency: how long threads that can run wait for a processor.',
  symptoms: [
    'everything is slow and the processors are busy',
    'load average is high',
    'more threads than processors, or a CPU limit of a container',
    'latency grows while the program itself does nothing slow',
  ],
  examples: [
    ['', 'all threads together, until Ctrl-C'],
    ['1 10', 'a report a second, ten times'],
    ['-mT 5', 'in milliseconds, with the time of day'],
    ['-P 10 1', 'each process by itself, for ten seconds'],
    ['-L -p 181', 'each thread of process 181'],
    ['--container web', 'what waits in this container'],
  ],
  blind: runQueue.blind,
  skeleton: runqlatSkeleton,
  options: {
    milliseconds: option.flag({ alias: 'm', describe: 'In milliseconds', group: output }),
    pids: option.flag({ alias: 'P', describe: 'A histogram for each process', group: output }),
    tids: option.flag({ alias: 'L', describe: 'A histogram for each thread', group: output }),
    pidnss: option.flag({ describe: 'A histogram for each PID namespace', group: output }),
  },
  rodata: {
    milliseconds: ({ milliseconds }) => milliseconds,
    by_process: ({ pids }) => pids,
    by_thread: ({ tids }) => tids,
    by_pidns: ({ pidnss }) => pidnss,
  },
  hooks: runQueue.hooks,
  histogram: {
    map: 'waits',
    unit: ({ milliseconds }) =>
      milliseconds ? { name: 'msecs', divisor: 1e6 } : { name: 'usecs', divisor: 1e3 },
    keys: {
      pidns: { describe: 'PID namespace by inode, with --pidnss', show: ({ pidnss }) => pidnss },
      pid: { describe: 'process ID, with -P', show: ({ pids }) => pids },
      tid: { describe: 'thread ID, with -L', show: ({ tids }) => tids },
      comm: {
        describe: 'its name at the time of the report, with -P or -L; null where it has ended',
        show: ({ pids, tids }) => pids || tids,
        value: ({ pid, tid }, context) => context.look(taskName, tid || pid) ?? null,
      },
    },
  },
})

void main(import.meta.url, runqlat)
