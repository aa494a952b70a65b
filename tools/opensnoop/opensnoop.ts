#!/usr/bin/env node
// opensnoop: who opened which file, and what came back.
import { arch } from 'node:os'
import { at, column, defineEvents, joinPath, main, option, preset, selects } from '../../core/index.js'
import { parseOpenFlag } from './open-flags.js'
import { type OpenEvent, opensnoopSkeleton } from './opensnoop.skel.js'

/** open and creat are system calls of x86 alone. */
const isX86 = arch() === 'x64'
const exitOpen = [
  ...(isX86 ? (['exit_open', 'exit_creat'] as const) : []),
  'exit_openat',
  'exit_openat2',
] as const
const enterOpen = [
  ...(isX86 ? (['enter_open', 'enter_creat'] as const) : []),
  'enter_openat',
  'enter_openat2',
] as const

const [openatFexit, openatKprobe] = at.return(['openat'], { pending: 'pending', preempted: 'counted' })

export const opensnoop = defineEvents({
  name: 'opensnoop',
  summary: 'Trace file opens: who opened which path, and what came back.',
  symptoms: [
    'which files does a program open or write',
    'file not found, permission denied',
    'which configuration file does it read',
    'who keeps touching this file or disk',
  ],
  examples: [
    ['', 'every open on this machine'],
    ['-x', 'failed opens only'],
    ['-p 181 -F', 'by process 181, with absolute paths'],
    ['-n nginx -f O_CREAT -d 10', 'files that commands named like nginx create, for 10 seconds'],
    ['--json | head -1', 'one event as JSON'],
    ['--exec make', 'by a command and all its descendants'],
  ],
  blind: [
    'opens inside the kernel itself, such as the lookup of a program by execve',
    'what gives a descriptor without opening a path: memfd_create, pidfd_open, mq_open, sockets, pipes',
  ],
  skeleton: opensnoopSkeleton,
  stream: 'events',
  options: {
    failed: option.flag({ alias: 'x', describe: 'Failed opens only', group: 'Which events:' }),
    flagFilter: option.list({
      alias: 'f',
      placeholder: 'O_FLAG',
      describe: 'Opens with this flag, such as O_WRONLY; several: any of them',
      of: parseOpenFlag,
      group: 'Which events:',
    }),
    fullPath: option.flag({
      alias: 'F',
      describe: 'Show absolute paths, as the process sees them',
      group: 'Output:',
    }),
    extendedFields: option.flag({ alias: 'e', describe: 'Show flags and mode (octal)', group: 'Output:' }),
    printUid: preset.printUid,
  },
  rodata: {
    failed_only: (options) => options.failed,
    filter_flags: (options) => options.flagFilter.reduce((all, { bits }) => all | bits, 0),
    filter_accmode: (options) => options.flagFilter.reduce((all, { accessModes }) => all | accessModes, 0),
    want_full_path: (options) => options.fullPath,
  },
  // Programs at the way out come first: nothing then goes in that is not seen to come out.
  hooks: [
    {
      name: 'open',
      sees: 'open, openat, openat2 and creat',
      variants: [
        openatFexit,
        { name: 'kprobe_multi', programs: ['openat_multi'], missed: ['openat_multi'], from: [6, 14] },
        openatKprobe,
        {
          name: 'tracepoint',
          programs: [...exitOpen, ...enterOpen],
          missed: enterOpen,
          pending: 'pending',
          preempted: 'counted',
          blind: 'opens by 32-bit programs',
        },
        { name: 'raw_tp', programs: ['raw_exit'], missed: [], preempted: 'uncounted' },
      ],
    },
    {
      name: 'handle',
      sees: 'open_by_handle_at',
      optional: true,
      variants: [
        ...at.return(['by_handle'], { pending: 'pending', preempted: 'counted' }),
        {
          name: 'tracepoint',
          programs: ['exit_open_by_handle_at', 'enter_open_by_handle_at'],
          missed: ['enter_open_by_handle_at'],
          pending: 'pending',
          preempted: 'counted',
          blind: 'open_by_handle_at by 32-bit programs',
        },
        { name: 'raw_tp', programs: ['raw_exit_by_handle'], missed: [], preempted: 'uncounted' },
      ],
    },
    {
      name: 'io_uring',
      sees: 'opens made through io_uring',
      optional: true,
      variants: [
        {
          name: 'fexit',
          programs: ['io_openat2_fexit', 'io_uring_complete', 'io_openat2_fentry'],
          missed: ['io_openat2_fentry'],
          pending: 'io_pending',
          preempted: 'counted',
        },
        {
          name: 'kprobe',
          programs: ['io_openat2_kretprobe', 'io_uring_complete', 'io_openat2_kprobe'],
          missed: ['io_openat2_kprobe'],
          pending: 'io_pending',
        },
      ],
    },
  ],
  columns: {
    time: column.time(),
    uid: column.uid(),
    pid: { describe: 'process ID', width: 6, show: (options) => !selects(options.tid) },
    tid: { describe: 'thread ID', width: 6, show: (options) => selects(options.tid) },
    comm: { describe: 'command name', width: 16 },
    fd: {
      describe: 'file descriptor; -1: none',
      width: 4,
      align: 'right',
      value: ({ ret, direct }) => (direct ? -1 : Math.max(ret, -1)),
    },
    err: column.errno(),
    error: column.errorName(),
    flags: {
      describe: 'O_… flags as asked for',
      width: 8,
      show: (options) => options.extendedFields,
      text: ({ flags }) => flags.toString(8).padStart(8, '0'),
    },
    mode: {
      describe: 'permissions of a file to be created',
      width: 4,
      show: (options) => options.extendedFields,
      text: ({ mode }) => mode.toString(8).padStart(4, '0'),
    },
    via: { describe: 'through which interface', show: () => false },
    cut: {
      describe: 'whether a part of the path is missing, shown as …',
      show: () => false,
      value: ({ pathCut, dirCut }) => pathCut || dirCut,
    },
    path: {
      describe: 'the path as passed; with -F the absolute one',
      value: pathOf,
      bare: ({ pathCut, dirIs }) => !pathCut && dirIs === 'none',
    },
  },
})

/** The name as passed, or the absolute path where the kernel side sent the directory it starts from. */
function pathOf({ path, pathCut, dir, dirIs, dirCut, dirOutside }: OpenEvent): string {
  const name = pathCut ? `${path}…` : path
  if (dirIs === 'none') return name
  const start = dirIs === 'file' ? dir : joinPath(dir, name)
  // As getcwd(3) says of a directory that cannot be reached from the process's root.
  if (dirOutside) return `(unreachable)${start}`
  return dirCut ? `…${start}` : start
}

void main(import.meta.url, opensnoop)
