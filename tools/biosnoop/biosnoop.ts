#!/usr/bin/env node
// biosnoop: each block I/O, who made it, and how long it took.
import {
  at,
  blktraceFlags,
  column,
  defineEvents,
  describeFlags,
  diskRequests,
  main,
  option,
  preset,
  seconds,
} from '../../core/index.js'
import { biosnoopSkeleton, type IoEvent } from './biosnoop.skel.js'

const output = 'Output:'
const NANOS_PER_MS = 1e6

const inMs = (nanos: number): string => (nanos / NANOS_PER_MS).toFixed(3)

export const biosnoop = defineEvents({
  name: 'biosnoop',
  summary: 'Trace block I/O: each request to a disk, who made it, where, how large, and its latency.',
  symptoms: [
    'disk busy or slow: which process reads or writes',
    'a few I/Os take long: which ones, and what came before them',
    'small or scattered I/Os where large ones are expected',
    'an fsync that takes long',
  ],
  examples: [
    ['', 'every I/O of every disk'],
    ['-Q', 'with the time that each waited before it was issued'],
    ['-d sda 10', 'one disk, for ten seconds'],
    ['-c system.slice/postgresql.service', 'what processes in this cgroup make'],
    ["--filter 'ms > 50'", 'what takes more than 50 milliseconds'],
    ["-P --filter 'pattern == random'", 'what does not begin where the one before ended'],
  ],
  blind: [
    'whose data the kernel writes back later: it is a kworker that makes those I/Os, as it may be for device mapper, md and loop disks, too',
    'who is behind a flush, which may be for several, and who behind commands to the driver: nobody, and with a filter by process they are left out',
    'disks that make no requests of their own (device mapper, md, …): what they do is shown for the disks below them',
    'I/Os that were under way when tracing began',
  ],
  skeleton: biosnoopSkeleton,
  stream: 'events',
  options: {
    length: option.positional({
      describe: 'End after so many seconds, as --duration',
      of: seconds,
      standsFor: 'duration',
    }),
    queue: option.flag({ alias: 'Q', describe: 'Show the time before the issue to the disk', group: output }),
    disk: diskRequests.disk,
    pattern: option.flag({
      alias: 'P',
      describe: 'Show whether each begins where the one before ended',
      group: output,
    }),
    printUid: preset.printUid,
  },
  rodata: { ...diskRequests.rodata, patterns: ({ pattern }) => pattern },
  hooks: [
    ...diskRequests.hooks,
    {
      name: 'makers',
      sees: 'who makes requests',
      variants: [
        ...at.tracepoint(['make'], { missed: [], preempted: 'uncounted' }),
        { name: 'kprobe', programs: ['again_tp_btf', 'make_kprobe'], missed: [] },
      ],
    },
  ],
  columns: {
    time: {
      describe: 'when all of it had completed, by the kernel',
      header: 'TIME(s)',
      width: 11,
      value: column.time().value,
      ...column.inSeconds('wall', 6),
    },
    uid: { ...column.uid(), value: ({ pid, uid }: IoEvent) => (pid === 0 ? null : uid) },
    comm: {
      describe: 'name of the thread that made it; -: nobody known',
      width: 14,
      value: ({ pid, comm }) => (pid === 0 ? null : comm),
    },
    pid: { describe: 'its process ID', width: 7, value: ({ pid }) => (pid === 0 ? null : pid) },
    tid: {
      describe: 'its thread ID',
      show: () => false,
      value: ({ pid, tid }) => (pid === 0 ? null : tid),
    },
    disk: { describe: 'name of the disk', width: 9 },
    op: { describe: 'what was asked for: read, write, flush, discard, …', show: () => false },
    type: {
      describe: 'the same and its flags, as blktrace writes them, such as WS: synchronous write',
      header: 'T',
      width: 4,
      value: blktraceFlags,
    },
    flags: {
      describe: 'the same in words, such as Sync-Write',
      show: () => false,
      value: describeFlags,
    },
    sector: { describe: 'where on the disk it begins, in units of 512 bytes', width: 10 },
    bytes: { describe: 'its size', width: 7 },
    pattern: {
      describe: 'sequential: it begins where the one before ended; random: it does not; with -P',
      header: 'P',
      width: 1,
      show: (options) => options.pattern,
      value: ({ pattern }) => (pattern === 'unknown' ? null : pattern),
      text: ({ pattern }) => ({ unknown: '-', random: 'R', sequential: 'S' })[pattern],
    },
    queued: {
      describe: 'milliseconds from when it was made to its issue; -: the kernel did not note it',
      header: 'QUE(ms)',
      width: 7,
      align: 'right',
      show: (options) => options.queue,
      value: ({ knowsQueued, queued }) => (knowsQueued ? queued / NANOS_PER_MS : null),
      text: ({ knowsQueued, queued }) => (knowsQueued ? inMs(queued) : '-'),
    },
    ms: {
      describe: 'latency in milliseconds: from its issue to the disk until all of it has completed',
      header: 'LAT(ms)',
      width: 7,
      align: 'right',
      value: ({ latency }: IoEvent) => latency / NANOS_PER_MS,
      text: ({ latency }) => inMs(latency),
    },
  },
})

void main(import.meta.url, biosnoop)
