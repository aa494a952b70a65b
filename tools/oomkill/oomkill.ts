#!/usr/bin/env node
// oomkill: whom the kernel kills for want of memory, and whose doing that was.
import { column, containerColumns, defineEvents, main, preset } from '../../core/index.js'
import { type OomEvent, oomkillSkeleton } from './oomkill.skel.js'

/** Kilobytes of a page, but on arm64 kernels with larger ones. */
const PAGE_KB = 4

const reasons: Record<OomEvent['constraint'], string> = {
  none: 'system',
  cpuset: 'cpuset',
  memory_policy: 'mempolicy',
  memcg: 'cgroup',
}

export const oomkill = defineEvents({
  name: 'oomkill',
  summary: 'Trace the OOM killer: whom it kills, how large it was, and whose request for memory led to it.',
  symptoms: [
    'a process is gone without a word, exit code 137',
    'a container is OOMKilled',
    'memory runs out, and who pays for it',
  ],
  examples: [
    ['', 'every kill of the OOM killer on this machine'],
    ['--json', 'as JSON, with the pages of the victim by kind'],
    [`--filter 'limit == "cgroup"'`, 'those for the limit of a cgroup'],
  ],
  blind: ['who kills by signal: see killsnoop; systemd-oomd and earlyoom are such'],
  skeleton: oomkillSkeleton,
  // Who asks for memory at the wrong moment has often nothing to do with it.
  filters: 'none',
  stream: 'events',
  options: { containers: preset.containers },
  rodata: {},
  hooks: [
    {
      name: 'kill',
      sees: 'processes that the kernel kills for want of memory',
      variants: [
        {
          name: 'fentry',
          programs: ['end_fexit', 'kill_fentry', 'choose_fentry', 'begin_fentry'],
          missed: ['begin_fentry'],
          preempted: 'uncounted',
        },
        {
          name: 'kprobe',
          programs: ['end_kretprobe', 'kill_kprobe', 'choose_kprobe', 'begin_kprobe'],
          missed: ['begin_kprobe'],
        },
      ],
    },
  ],
  columns: {
    time: column.clock(),
    fpid: { describe: 'process that asked for memory', width: 7 },
    fcomm: { describe: 'name of its thread', width: 15 },
    tpid: { describe: 'process that was killed', width: 7 },
    tcomm: { describe: 'its name', width: 15 },
    uid: { describe: 'user of the process that was killed', show: () => false },
    pages: { describe: 'pages that there were at most, of the system or the cgroup', width: 8 },
    rss: {
      describe: 'kB of the process that was killed, as the kernel’s log counts them',
      header: 'RSS(kB)',
      width: 8,
      value: ({ anon, file, shmem }) => (anon + file + shmem) * PAGE_KB,
    },
    anon: kilobytes('anon'),
    file: kilobytes('file'),
    shmem: kilobytes('shmem'),
    adj: { describe: 'its oom_score_adj', width: 5 },
    order: { describe: 'of the request: 2 to this power pages; -1: SysRq', show: () => false },
    cgroup: { describe: 'cgroup of the process that was killed, by number', show: () => false },
    limitCgroup: {
      describe: 'cgroup whose limit was reached, by number; null without one',
      show: () => false,
      value: ({ limit }) => (limit === 0 ? null : limit),
    },
    ...containerColumns(({ cgroup, tpid }: OomEvent) => ({ cgroup, pid: tpid })),
    limit: {
      describe: 'what ran out: system, cgroup, cpuset or mempolicy',
      value: ({ constraint }) => reasons[constraint],
    },
  },
})

function kilobytes(kind: 'anon' | 'file' | 'shmem') {
  return {
    describe: `kB of that, ${kind} pages`,
    show: () => false,
    value: (event: OomEvent) => event[kind] * PAGE_KB,
  }
}

void main(import.meta.url, oomkill)
