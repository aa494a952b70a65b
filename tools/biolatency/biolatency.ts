#!/usr/bin/env node
// biolatency: how long block I/Os take, as histograms.
import { defineIntervals, describeFlags, diskRequests, main, option } from '../../core/index.js'
import { biolatencySkeleton } from './biolatency.skel.js'

const output = 'Output:'

export const biolatency = defineIntervals({
  name: 'biolatency',
  summary: 'Histograms of block I/O latency: how long disks take.',
  symptoms: [
    'disk slow, or a few I/Os that take long',
    'processes hang in D state, iowait is high',
    'is it the disk or the queue before it',
  ],
  examples: [
    ['', 'all disks together, until Ctrl-C'],
    ['-m 1 10', 'in milliseconds, a report a second, ten times'],
    ['-D 5', 'each disk by itself, every five seconds'],
    ['-F -d sda', 'reads, writes and flushes of one disk apart'],
    ['-Q', 'with the time before the issue to the disk'],
    ['-D --json 10', 'as JSON'],
  ],
  blind: [
    'disks that make no requests of their own (device mapper, md, …), unless -D or -d asks for them: what they do is done again below them, and would count twice',
    'I/Os that were under way when tracing began',
  ],
  skeleton: biolatencySkeleton,
  // Whoever runs when an I/O completes has nothing to do with it.
  filters: 'none',
  options: {
    queued: option.flag({
      alias: 'Q',
      describe: 'From when the request was made, not when it was issued to the disk',
    }),
    milliseconds: option.flag({ alias: 'm', describe: 'In milliseconds', group: output }),
    disks: option.flag({ alias: 'D', describe: 'A histogram for each disk', group: output }),
    flags: option.flag({
      alias: 'F',
      describe: 'A histogram for each operation and its flags, such as Sync-Write',
      group: output,
    }),
    disk: diskRequests.disk,
    extension: option.flag({
      alias: 'e',
      describe: 'Average, total and count below each, as bcc writes them',
      group: output,
    }),
    json: option.flag({ alias: 'j', describe: 'One JSON object a line', group: output }),
  },
  rodata: {
    ...diskRequests.rodata,
    queued: ({ queued }) => queued,
    milliseconds: ({ milliseconds }) => milliseconds,
    by_disk: ({ disks }) => disks,
    by_flags: ({ flags }) => flags,
  },
  hooks: [
    ...diskRequests.hooks,
    {
      name: 'bios',
      sees: 'I/Os of disks that make no requests (device mapper, md, …)',
      optional: true,
      when: ({ disk, disks }) => disk?.takesBios ?? disks,
      variants: [
        {
          name: 'fentry',
          programs: ['end_tp_btf', 'second_end_tp_btf', 'part_fentry', 'split_tp_btf', 'queue_tp_btf'],
          missed: [],
          preempted: 'uncounted',
        },
        {
          name: 'kprobe',
          programs: ['end_raw_tp', 'second_end_raw_tp', 'part_kprobe', 'split_raw_tp', 'queue_raw_tp'],
          missed: [],
          preempted: 'uncounted',
        },
        {
          name: 'kprobe_queue',
          programs: [
            'end_raw_tp',
            'end_tp_btf',
            'part_kprobe',
            'split_raw_tp',
            'queue_raw_tp',
            'queue_kprobe',
          ],
          missed: [],
        },
        {
          name: 'raw_tp',
          programs: ['end_raw_tp', 'second_end_raw_tp', 'split_raw_tp', 'queue_raw_tp'],
          missed: [],
          preempted: 'uncounted',
          blind: 'that device mapper makes several I/Os of a large one: it counts once',
        },
      ],
    },
  ],
  histogram: {
    map: 'latencies',
    unit: ({ milliseconds }) =>
      milliseconds ? { name: 'msecs', divisor: 1e6 } : { name: 'usecs', divisor: 1e3 },
    keys: {
      disk: { describe: 'its name, with -D', show: ({ disks }) => disks },
      flags: {
        describe: 'operation and flags, with -F',
        show: ({ flags }) => flags,
        value: describeFlags,
      },
    },
  },
})

void main(import.meta.url, biolatency)
