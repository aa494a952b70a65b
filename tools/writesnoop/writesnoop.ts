#!/usr/bin/env node
// writesnoop: who writes how much to which file, and what.
import {
  at,
  column,
  defineEvents,
  filePath,
  main,
  option,
  preset,
  whoColumns,
  whole,
} from '../../core/index.js'
import { type WriteEvent, writesnoopSkeleton } from './writesnoop.skel.js'

const MOST_CONTENTS = 4096

export const writesnoop = defineEvents({
  name: 'writesnoop',
  summary: 'Trace writes: who writes how much to which file, and on demand what.',
  symptoms: [
    'a log or a file grows, and who writes it',
    'who writes to this terminal, pipe or socket',
    'what does this program write, and where',
    'no space left on device, and whose writes fail',
  ],
  examples: [
    ['--comm bash', 'all that shells write'],
    ['-x', 'writes that failed'],
    ['-m 1048576', 'of a megabyte and more'],
    ['--filter \'file ~ "^/var/log/"\'', 'to files below /var/log'],
    ['-p 181 --contents 80', 'by process 181, with the first 80 bytes of each'],
  ],
  blind: [
    'what is written without write(2) and its kin: memory that is mapped, io_uring, libaio, splice, sendfile, copy_file_range',
    'what send(2) and its kin send, which write to sockets as well',
    'writes refused before the kernel looks at the file, as to a closed descriptor',
  ],
  skeleton: writesnoopSkeleton,
  stream: 'events',
  options: {
    failed: option.flag({ alias: 'x', describe: 'Failed writes only', group: 'Which events:' }),
    minBytes: option.value({
      alias: 'm',
      placeholder: 'BYTES',
      describe: 'Only writes of so many bytes and more',
      of: whole('a number of bytes', 0),
      group: 'Which events:',
    }),
    contents: option.value({
      placeholder: 'BYTES',
      describe: `Show what is written, so many bytes of each write (at most ${MOST_CONTENTS}): it may be secret`,
      of: whole(`a number of bytes from 1 to ${MOST_CONTENTS}`, 1, MOST_CONTENTS),
      group: 'Output:',
    }),
    printUid: preset.printUid,
  },
  rodata: {
    failed_only: ({ failed }) => failed,
    min_bytes: ({ minBytes }) => minBytes ?? 0,
    max_contents: ({ contents }) => contents ?? 0,
  },
  hooks: [
    {
      name: 'write',
      sees: 'write and pwrite64',
      variants: at.return(['write'], { pending: 'pending', preempted: 'counted' }),
    },
    {
      name: 'writev',
      sees: 'writev, pwritev and pwritev2',
      optional: true,
      variants: at.return(['writev'], { pending: 'pending', preempted: 'counted' }),
    },
  ],
  columns: {
    time: column.clock(),
    uid: whoColumns.uid,
    comm: { ...whoColumns.comm, width: 16 },
    pid: whoColumns.pid,
    tid: { ...whoColumns.tid, width: 6, show: () => true },
    err: column.errno(),
    error: column.errorName(),
    bytes: { describe: 'bytes written', width: 8, align: 'right', value: ({ ret }) => Math.max(ret, 0) },
    offset: {
      describe: 'where in the file; -: it has no places',
      width: 10,
      align: 'right',
      value: ({ hasOffset, offset }: WriteEvent) => (hasOffset ? offset : null),
    },
    file: { describe: 'path, or what has none, such as pipe:[4711]', value: nameOf },
    contents: {
      describe: 'the first bytes of what was written, with --contents',
      show: ({ contents }) => contents !== undefined,
      sparse: true,
      value: ({ contents }: WriteEvent) => (contents === '' ? null : contents),
    },
  },
})

/** As /proc/PID/fd has it. */
function nameOf(event: WriteEvent): string {
  switch (event.written) {
    case 'pipe':
    case 'socket':
      return `${event.written}:[${event.inode}]`
    case 'anon':
      return `anon_inode:${event.path.replace(/^\//, '')}`
    case 'path':
      return filePath(event)
  }
}

void main(import.meta.url, writesnoop)
