#!/usr/bin/env node
// runqslower: who waited long for a processor, and who had it meanwhile.
import { column, defineEvents, main, option, preset, runQueue, whole } from '../../core/index.js'
import { runqslowerSkeleton } from './runqslower.skel.js'

const DEFAULT_MICROS = 10_000
const NANOS_PER_MICRO = 1000
/** 53 bits of nanoseconds are 104 days. */
const MOST_MICROS = 1e12

export const runqslower = defineEvents({
  name: 'runqslower',
  summary: 'Trace long waits for a processor: which thread, how long, and who ran before it.',
  symptoms: [
    'some requests are slow, and the program did nothing meanwhile',
    'a thread that is woken runs late',
    'stutter, missed deadlines, timeouts while the machine is busy',
    'a CPU limit of a container throttles it',
  ],
  examples: [
    ['', `waits of ${DEFAULT_MICROS} microseconds and more`],
    ['1000', 'of a millisecond and more'],
    ['-P', 'with who ran before'],
    ['-p 181 500', 'of the threads of process 181'],
    ['--json --filter "waited > 100000"', 'of more than a tenth of a second, as JSON'],
  ],
  blind: runQueue.blind,
  skeleton: runqslowerSkeleton,
  stream: 'events',
  options: {
    minimum: option.positional({
      describe: `Only waits of so many microseconds and more (${DEFAULT_MICROS})`,
      of: whole('a number of microseconds', 0, MOST_MICROS),
    }),
    previous: option.flag({ alias: 'P', describe: 'Show who ran before it', group: 'Output:' }),
    printUid: preset.printUid,
  },
  rodata: {
    min_wait: ({ minimum }) => (minimum ?? DEFAULT_MICROS) * NANOS_PER_MICRO,
  },
  hooks: runQueue.hooks,
  columns: {
    time: {
      ...column.clock(),
      describe: 'when it ran, by the kernel',
    },
    uid: column.uid(),
    comm: { describe: 'name of the thread', width: 16 },
    pid: { describe: 'process ID', show: () => false },
    tid: { describe: 'thread ID', width: 7 },
    cpu: { describe: 'the processor that it got', show: () => false },
    waited: {
      describe: 'how long it waited, in microseconds',
      header: 'LAT(us)',
      width: 12,
      align: 'right',
      value: ({ waited }) => waited / NANOS_PER_MICRO,
      text: ({ waited }) => String(Math.floor(waited / NANOS_PER_MICRO)),
    },
    prevPid: {
      describe: 'process that ran before it there; 0: none, the processor was idle',
      show: () => false,
    },
    prevComm: {
      describe: 'name of the thread that ran before it',
      header: 'PREV COMM',
      width: 16,
      show: ({ previous }) => previous,
    },
    prevTid: { describe: 'its thread ID', header: 'PREV TID', show: ({ previous }) => previous },
  },
})

void main(import.meta.url, runqslower)
