#!/usr/bin/env node
// cachestat: what reads find in the page cache, and what is brought in for them.
import {
  at,
  defineIntervals,
  main,
  memoryAt,
  option,
  pageShift,
  type RowContext,
  seconds,
} from '../../core/index.js'
import { cachestatSkeleton } from './cachestat.skel.js'

const reads = () => ['filemap_read', 'generic_file_buffered_read']
const splices = () => ['filemap_splice_read', 'generic_file_splice_read']

export const cachestat = defineIntervals({
  name: 'cachestat',
  summary: 'Count what reads find in the page cache, and what is brought in for them.',
  symptoms: [
    'the disk reads a lot, and there is memory left',
    'would more memory help',
    'is this file, or this database, read from memory or from disk',
    'it is slow the first time only',
  ],
  examples: [
    ['', 'a line each second, until Ctrl-C'],
    ['-T 10 6', 'six lines in a minute, with the time'],
    ['-p 181 5', 'what process 181 reads'],
    ["--fail-if 'hitratio < 90' -d 60", 'whether in each second of a minute nine of ten pages were there'],
  ],
  blind: [
    'pages that a process reaches through a mapping without a fault, and faults that the kernel serves beside another one (fault around)',
    'file systems and files that are read without it: direct I/O, DAX, tmpfs',
    'what file systems read of themselves, such as directories: it is in BUFFERS_MB alone',
  ],
  skeleton: cachestatSkeleton,
  options: {
    interval: { ...option.positional({ describe: 'Seconds between reports (1)', of: seconds }), initial: 1 },
  },
  rodata: { page_shift: pageShift },
  targets: {
    read_fentry: reads,
    read_fexit: reads,
    read_kprobe: reads,
    read_kretprobe: reads,
    splice_fentry: splices,
    splice_fexit: splices,
    splice_kprobe: splices,
    splice_kretprobe: splices,
  },
  hooks: [
    {
      name: 'read',
      sees: 'reads through the page cache',
      variants: at.call(['read'], { preempted: 'counted' }),
    },
    {
      name: 'splice',
      sees: 'what is spliced out of the page cache since 6.5, such as by sendfile',
      optional: true,
      variants: at.call(['splice'], { preempted: 'counted' }),
    },
    {
      name: 'fault',
      sees: 'page faults on mapped files',
      variants: at.call(['fault'], { preempted: 'counted' }),
    },
    {
      name: 'add',
      sees: 'pages that are brought in',
      variants: at.tracepoint(['add'], { preempted: 'counted' }),
    },
    {
      // The kernel does this with interrupts off.
      name: 'dirty',
      sees: 'pages that are written to',
      variants: [
        { name: 'tp_btf', programs: ['dirty_folio_tp_btf'], missed: ['dirty_folio_tp_btf'] },
        { name: 'raw_tp', programs: ['dirty_folio_raw_tp'], missed: ['dirty_folio_raw_tp'] },
        { name: 'page_tp_btf', programs: ['dirty_page_tp_btf'], missed: ['dirty_page_tp_btf'] },
        { name: 'page_raw_tp', programs: ['dirty_page_raw_tp'], missed: ['dirty_page_raw_tp'] },
      ],
    },
  ],
  table: {
    map: 'counts',
    single: true,
    events: ({ hits, misses, dirties }) => hits + misses + dirties,
    columns: {
      hits: { describe: 'pages that were asked for and were there', width: 8, align: 'right' },
      misses: { describe: 'pages brought in, asked for or read ahead', width: 8, align: 'right' },
      dirties: { describe: 'pages that were clean and were written to', width: 8, align: 'right' },
      hitratio: {
        describe: 'hits of hits and misses in percent; -: there were none',
        width: 8,
        align: 'right',
        value: ratioOf,
        text: (row) => ratioOf(row)?.toFixed(2).concat('%') ?? '-',
      },
      buffersMb: {
        describe: 'memory that holds blocks of disks, such as what file systems keep of themselves',
        header: 'BUFFERS_MB',
        width: 12,
        align: 'right',
        value: (_, context) => megabytes(context, 'buffers'),
        text: (_, context) => String(Math.floor(megabytes(context, 'buffers'))),
      },
      cachedMb: {
        describe: 'memory that holds pages of files',
        header: 'CACHED_MB',
        width: 10,
        align: 'right',
        value: (_, context) => megabytes(context, 'cached'),
        text: (_, context) => String(Math.floor(megabytes(context, 'cached'))),
      },
    },
  },
})

function ratioOf({ hits, misses }: { hits: number; misses: number }): number | null {
  return hits + misses === 0 ? null : (100 * hits) / (hits + misses)
}

function megabytes(context: RowContext, which: 'buffers' | 'cached'): number {
  return (context.look(memoryAt, context.reportMoment)?.[which] ?? 0) / 1024
}

void main(import.meta.url, cachestat)
