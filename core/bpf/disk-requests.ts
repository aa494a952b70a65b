// What tools share whose kernel side has bpf-src/lib/disk_requests.bpf.h: how they hook, and which disk they are about.
import { option } from '../cli/options.js'
import { type Disk, parseDisk } from '../enrich/disk.js'
import { monotonicNow } from '../monotonic.js'
import type { Hook } from '../tool.js'

interface Options {
  disk?: Disk | undefined
}

export const diskRequests = {
  hooks: [
    {
      name: 'requests',
      sees: 'requests to disks',
      variants: [
        {
          name: 'tp_btf',
          programs: ['complete_tp_btf', 'second_tp_btf', 'issue_tp_btf'],
          missed: [],
          preempted: 'uncounted',
        },
        {
          name: 'raw_tp',
          programs: ['complete_raw_tp', 'second_raw_tp', 'issue_raw_tp'],
          missed: [],
          preempted: 'uncounted',
        },
        {
          name: 'kprobe',
          programs: ['batch_kprobe', 'complete_kprobe', 'second_tp_btf', 'issue_kprobe', 'issue_tp_btf'],
          missed: [],
        },
      ],
    },
  ] as const satisfies readonly Hook<string>[],
  disk: option.value({
    alias: 'd',
    placeholder: 'DISK',
    describe: 'This disk or partition only',
    of: parseDisk,
    group: 'Which events:',
  }),
  rodata: {
    began: monotonicNow,
    filter_disk: ({ disk }: Options) => disk?.disk ?? 0,
    filter_partition: ({ disk }: Options) => disk?.partition ?? 0,
  },
}
