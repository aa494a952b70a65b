// What every tool understands: stated once here, mentioned by no tool.
import { parsePid, parseTid } from '../enrich/processes.js'
import { parseUser } from '../enrich/users.js'
import { type OptionRecord, option, seconds, text, type ValuesOf, whole } from './options.js'

const filters = 'Which events:'
const output = 'Output:'
const running = 'Running:'

export const sharedOptions = {
  pid: option.value({
    alias: 'p',
    placeholder: 'PID',
    describe: 'This process only',
    of: parsePid,
    group: filters,
  }),
  tid: option.value({
    alias: 't',
    placeholder: 'TID',
    describe: 'This thread only',
    of: parseTid,
    group: filters,
  }),
  uid: option.value({
    alias: 'u',
    placeholder: 'USER',
    describe: 'This user only: a name or a number',
    of: parseUser,
    group: filters,
  }),
  name: option.value({
    alias: 'n',
    placeholder: 'TEXT',
    describe: 'Commands whose name contains this text',
    of: text,
    group: filters,
  }),
  duration: option.value({
    alias: 'd',
    placeholder: 'SECONDS',
    describe: 'End after so many seconds',
    of: seconds,
    group: running,
  }),
  exec: option.command({
    placeholder: 'COMMAND…',
    describe:
      'Run this command, trace it and all its descendants, end with it and with its exit status; goes last',
    group: running,
  }),
  timestamp: option.flag({
    alias: 'T',
    describe: 'Show the time of each event, in seconds since the first',
    group: output,
  }),
  json: option.flag({ describe: 'One JSON object a line', group: output }),
  quiet: option.flag({ alias: 'q', describe: 'Say nothing on stderr but errors', group: output }),
  verbose: option.flag({
    alias: 'v',
    describe: "Say what is done, with libbpf's and the verifier's words",
    group: running,
  }),
  strict: option.flag({ describe: 'Exit with status 4 when events were lost', group: running }),
  dryRun: option.flag({ describe: 'Load and attach, say what was picked and why, and end', group: running }),
  hook: option.list({
    placeholder: '[HOOK=]VARIANT',
    describe: 'Force a way of hooking, such as kprobe (see --dry-run)',
    of: text,
    group: running,
  }),
  bufferPages: option.value({
    alias: 'b',
    placeholder: 'PAGES',
    describe: 'Size of the event buffer in pages (a power of two; 2048)',
    of: powerOfTwo,
    group: running,
  }),
} satisfies OptionRecord

/** Those that need bpf-src/lib/filter.bpf.h on the kernel side. */
export const processOptions: readonly string[] = ['pid', 'tid', 'uid', 'name', 'exec']

export type SharedValues = ValuesOf<typeof sharedOptions>

/** Constants of bpf-src/lib/filter.bpf.h. `self`: the process that must not report its own doings. */
export function filterConstants(options: SharedValues, self: number): Record<string, number | boolean> {
  return {
    filter_tgid: options.pid ?? 0,
    filter_tid: options.tid ?? 0,
    filter_uid: options.uid ?? 0,
    filter_by_uid: options.uid !== undefined,
    filter_followed: options.exec.length > 0,
    self_tgid: self,
  }
}

function powerOfTwo(word: string): number {
  const what = 'a power of two from 1 to 262144'
  const pages = whole(what, 1, 262144)(word)
  if ((pages & (pages - 1)) !== 0) throw new TypeError(what)
  return pages
}
