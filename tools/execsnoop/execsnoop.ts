#!/usr/bin/env node
// execsnoop: which programs are started, with which arguments, and by whom.
import { at, column, defineEvents, Escaped, main, option, preset, regex, whole } from '../../core/index.js'
import { type ExecEvent, execsnoopSkeleton } from './execsnoop.skel.js'

const filters = 'Which events:'
const output = 'Output:'
const failedPrograms = [
  'execve_fexit',
  'execveat_fexit',
  'compat_execve_fexit',
  'compat_execveat_fexit',
] as const

export const execsnoop = defineEvents({
  name: 'execsnoop',
  summary: 'Trace execs: which programs are started, with all their arguments, and by whom.',
  symptoms: [
    'who keeps starting processes',
    'load is high and no process in top is to blame',
    'what does a script or job really run',
    'command not found, permission denied in a script',
  ],
  examples: [
    ['', 'every exec on this machine'],
    ['-x', 'failed ones too'],
    ['-T -U -M', 'with the time, the user, and the name of the parent'],
    ["-n '^(ba)?sh$' -l curl", 'shells whose arguments mention curl'],
    ['-F -P 181', 'by children of process 181, with executable and working directory'],
    ['--json | head -1', 'one event as JSON, its arguments as a list'],
  ],
  blind: [
    'processes that fork and never exec',
    'arguments after the first 132 KiB (the row says how many bytes)',
  ],
  skeleton: execsnoopSkeleton,
  stream: 'events',
  options: {
    fails: option.flag({ alias: 'x', describe: 'Failed execs too', group: filters }),
    name: option.value({
      alias: 'n',
      placeholder: 'REGEX',
      describe: 'Commands whose name matches',
      of: regex,
      group: filters,
    }),
    line: option.value({
      alias: 'l',
      placeholder: 'REGEX',
      describe: 'Arguments that match, joined by spaces',
      of: regex,
      group: filters,
    }),
    time: option.flag({ alias: 'T', describe: 'Show the time of day', group: output }),
    timestamp: option.flag({ alias: 't', describe: 'Show seconds since the first event', group: output }),
    printUid: preset.printUid,
    printPcomm: option.flag({ alias: 'M', describe: "Show the parent's name", group: output }),
    printCpu: option.flag({ alias: 'C', describe: 'Show the CPU', group: output }),
    fullPath: option.flag({
      alias: 'F',
      describe: 'Show the path of the executable and the working directory',
      group: output,
    }),
    quote: option.flag({ alias: 'q', describe: 'Put each argument in quotes', group: output }),
    maxArgs: option.value({
      placeholder: 'N',
      describe: 'Show so many arguments at most, the command included',
      of: whole('a number of arguments above 0', 1),
      group: output,
    }),
  },
  rodata: {
    want_paths: (options) => options.fullPath,
  },
  hooks: [
    {
      name: 'exec',
      sees: 'execs that work',
      variants: at.tracepoint(['exec'], { preempted: 'counted' }),
    },
    {
      name: 'parent',
      sees: 'parents that end while their child executes',
      optional: true,
      // What is missed here is no event: its parent is then who it is once the exec is complete.
      variants: [
        ...at.entry(['parent'], { missed: [], preempted: 'counted' }),
        { name: 'tracepoint', programs: ['parent_tracepoint'], missed: [], preempted: 'counted' },
      ],
    },
    {
      name: 'failed',
      sees: 'execs that fail',
      when: (options) => options.fails,
      variants: [
        { name: 'fexit', programs: failedPrograms, missed: failedPrograms, preempted: 'counted' },
        { name: 'raw_tp', programs: ['failed_raw_tp'], missed: [], preempted: 'uncounted' },
      ],
    },
  ],
  keep({ name, line }) {
    if (name === undefined && line === undefined) return undefined
    return (event) =>
      (name === undefined || name.test(event.comm)) &&
      (line === undefined || line.test(wordsOf(event).join(' ')))
  },
  columns: {
    time: column.clockOnDemand(),
    timestamp: column.seconds(),
    uid: column.uid(),
    comm: { describe: 'command name', width: 16 },
    pid: { describe: 'process ID', width: 7 },
    tid: { describe: 'ID of the thread that called', show: () => false },
    pcomm: { describe: 'name of the parent', width: 16, show: (options) => options.printPcomm },
    ppid: { describe: 'process ID of the parent', width: 7 },
    cpu: { describe: 'CPU', width: 3, show: (options) => options.printCpu },
    ret: { describe: '0, or the errno below 0', width: 3, align: 'right', alarm: ({ ret }) => ret < 0 },
    error: column.errorName(),
    file: {
      describe: 'what was executed: the interpreter of a script; of a failed exec the name as passed',
      show: () => false,
    },
    exe: {
      describe: 'path of the executable',
      width: 24,
      show: (options) => options.fullPath,
      // Not taken apart before: what is read is what the answer depends on.
      value: (event) => (event.hasExe ? pathOf(event.exe, event.exeCut, event.exeOutside) : null),
    },
    cwd: {
      describe: 'working directory',
      width: 16,
      show: (options) => options.fullPath,
      value: (event) => (event.hasCwd ? pathOf(event.cwd, event.cwdCut, event.cwdOutside) : null),
    },
    cut: { describe: 'bytes of arguments that are missing', show: () => false },
    more: { describe: 'whether further arguments are missing, uncounted', show: () => false },
    args: {
      describe: 'the arguments',
      words: ({ quote, maxArgs }) =>
        quote || maxArgs !== undefined
          ? undefined
          : { first: 'file', bare: ({ cut, more }) => cut === 0 && !more },
      text(event, _, { quote, maxArgs = Infinity }) {
        const words = wordsOf(event)
        const shown = words.slice(0, maxArgs)
        return Escaped.words(shown, quote, markOf(event, shown.length < words.length))
      },
    },
  },
})

/** What bcc shows: what was executed in place of argv[0], which the caller can choose freely. */
function wordsOf({ file, args }: ExecEvent): readonly string[] {
  return file === '' ? args : [file, ...args.slice(1)]
}

function markOf({ cut, more }: ExecEvent, limited: boolean): string {
  if (cut > 0) return `... (${cut} more bytes)`
  return more || limited ? '...' : ''
}

function pathOf(path: string, cut: boolean, outside: boolean): string {
  // As getcwd(3) says of a directory that cannot be reached from the process's root.
  return outside ? `(unreachable)${path}` : cut ? `…${path}` : path
}

void main(import.meta.url, execsnoop)
