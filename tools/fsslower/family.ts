// What fsslower and the commands for one file system have in common.
import { readFileSync } from 'node:fs'
import {
  at,
  filePath,
  type Hook,
  milliseconds,
  option,
  preset,
  column,
  whoColumns,
} from '../../core/index.js'
import { fsslowerSkeleton, type SlowEvent } from './fsslower.skel.js'

/** The functions that do each operation, by file system; the index is what the kernel side calls it. */
const functions = {
  btrfs: {
    read: ['btrfs_file_read_iter'],
    write: ['btrfs_file_write_iter'],
    open: ['btrfs_file_open'],
    fsync: ['btrfs_sync_file'],
    getattr: [],
  },
  ext4: {
    read: ['ext4_file_read_iter'],
    write: ['ext4_file_write_iter'],
    open: ['ext4_file_open'],
    fsync: ['ext4_sync_file'],
    getattr: [],
  },
  nfs: {
    read: ['nfs_file_read'],
    write: ['nfs_file_write'],
    // Of version 4, whose module is its own, or else of the others.
    open: ['nfs4_file_open', 'nfs_file_open'],
    fsync: ['nfs_file_fsync'],
    getattr: ['nfs_getattr'],
  },
  xfs: {
    read: ['xfs_file_read_iter'],
    write: ['xfs_file_write_iter'],
    open: ['xfs_file_open'],
    fsync: ['xfs_file_fsync'],
    getattr: [],
  },
} as const

export type FileSystem = keyof typeof functions
type Operation = keyof (typeof functions)[FileSystem]

export const fileSystems = Object.keys(functions) as FileSystem[]

const DEFAULT_MS = 10
const NANOS_PER_MS = 1e6
const letters = { read: 'R', write: 'W', open: 'O', fsync: 'S', getattr: 'G' } as const

export const slowerOptions = {
  minimum: option.positional({
    describe: `Only operations that took so many milliseconds and more (${DEFAULT_MS}); 0: all`,
    of: milliseconds,
  }),
  min: option.value({
    alias: 'm',
    placeholder: 'MS',
    describe: 'The same, by name',
    of: milliseconds,
    group: 'Which events:',
  }),
  fullPath: option.flag({
    alias: 'F',
    describe: 'Show absolute paths, as the process sees them',
    group: 'Output:',
  }),
  csv: option.flag({
    alias: 'j',
    describe: 'Comma-separated values below a line of names',
    group: 'Output:',
  }),
  printUid: preset.printUid,
}

/** Of the options what is needed here. */
export interface Given {
  minimum: number | undefined
  min: number | undefined
  fullPath: boolean
}

/** All of a declaration but its words and options. `of`: which file system these options ask for. */
export function slowerOf<O extends Given>(of: (options: O) => FileSystem | undefined) {
  const target =
    (operation: Operation) =>
    (options: O): readonly string[] => {
      const name = of(options)
      return name === undefined ? [] : functions[name][operation]
    }
  const targetsOf = <P extends Operation>(operation: P) => {
    const programs = (['fexit', 'fentry', 'kretprobe', 'kprobe'] as const).map(
      (way) => `${operation}_${way}` as const,
    )
    const entries = programs.map((program) => [program, target(operation)])
    return Object.fromEntries(entries) as Record<(typeof programs)[number], ReturnType<typeof target>>
  }
  return {
    skeleton: fsslowerSkeleton,
    stream: 'events',
    blind: [
      'files that are mapped into memory, and what newer kernels splice out of the page cache (sendfile)',
      'of asynchronous direct I/O (libaio, io_uring) more than how long it took to hand it in',
      'what was under way when tracing began',
    ],
    rodata: {
      min_latency: ({ minimum, min }: O) => Math.round((minimum ?? min ?? DEFAULT_MS) * NANOS_PER_MS),
      want_full_path: ({ fullPath }: O) => fullPath,
      file_system: (options: O) => fileSystems.indexOf(of(options) ?? 'ext4'),
    },
    targets: {
      ...targetsOf('read'),
      ...targetsOf('write'),
      ...targetsOf('open'),
      ...targetsOf('fsync'),
      ...targetsOf('getattr'),
    },
    lacks: (options: O) => missing(of(options)),
    hooks: [
      through('read', 'reads', 'reads'),
      through('write', 'writes', 'writes'),
      through('open', 'opens', 'opens of files'),
      through('fsync', 'fsyncs', 'fsync and fdatasync'),
      {
        ...through('getattr', 'getattrs', 'getattr (stat and its kin)'),
        when: (options: O) => target('getattr')(options).length > 0,
      },
    ],
    columns: {
      time: column.clock(),
      uid: whoColumns.uid,
      comm: { ...whoColumns.comm, width: 14 },
      pid: { ...whoColumns.pid, width: 7 },
      tid: whoColumns.tid,
      op: {
        describe: 'what it did: Read, Write, Open, fSync, Getattr',
        header: 'T',
        width: 1,
        text: ({ op }: SlowEvent) => letters[op],
      },
      bytes: {
        describe: 'bytes read or written',
        width: 7,
        value: ({ op, ret }: SlowEvent) => (op === 'read' || op === 'write' ? Math.max(ret, 0) : 0),
      },
      offset: {
        describe: 'where in the file, in bytes; in text in KB',
        header: 'OFF_KB',
        width: 8,
        text: ({ offset }: SlowEvent) => String(Math.floor(offset / 1024)),
      },
      ms: {
        describe: 'how long it took, in milliseconds',
        header: 'LAT(ms)',
        width: 7,
        align: 'right',
        value: ({ latency }: SlowEvent) => latency / NANOS_PER_MS,
        text: ({ latency }: SlowEvent) => (latency / NANOS_PER_MS).toFixed(2),
      },
      error: column.errorName('errno by name, where it failed'),
      fs: {
        describe: 'file system',
        show: () => false,
        value: ({ fileSystem }: SlowEvent) => fileSystems[fileSystem] ?? null,
      },
      file: {
        describe: "the file's name; with -F its path",
        header: 'FILENAME',
        value: (event: SlowEvent) => (event.pathWhole ? filePath(event) : event.path.slice(1) || '/'),
      },
    },
  } as const
}

function through<P extends Operation, M extends 'reads' | 'writes' | 'opens' | 'fsyncs' | 'getattrs'>(
  operation: P,
  pending: M,
  sees: string,
) {
  return {
    name: operation,
    sees,
    ...(operation !== 'read' && { optional: true }),
    variants: at.call([operation], { pending, preempted: 'counted' }),
  } as const satisfies Hook<string>
}

/** Those that the kernel has at the moment: built in, or their modules are loaded. */
export function loadedFileSystems(): FileSystem[] {
  const registered = readFileSync('/proc/filesystems', 'utf8').split(/\s+/)
  return fileSystems.filter((name) => registered.includes(name))
}

function missing(wanted: FileSystem | undefined): string | undefined {
  const loaded = loadedFileSystems()
  const here = loaded.length === 0 ? 'none of the others that it knows' : loaded.join(', ')
  if (wanted === undefined) return `--type takes which file system to trace; here are ${here}`
  if (loaded.includes(wanted)) return undefined
  return `the kernel has no ${wanted} for now, only ${here} (/proc/filesystems); its module is loaded when one is mounted, or by: modprobe ${wanted}`
}
