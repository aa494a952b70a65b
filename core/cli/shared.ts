// What every tool understands, or every tool of a shape: stated once here, mentioned by no tool.
import { processOptions } from './filters.js'
import { parseAccount } from '../enrich/users.js'
import { group } from './groups.js'
import {
  completing,
  oneOf,
  type OptionRecord,
  option,
  seconds,
  text,
  type ValuesOf,
  whole,
} from './options.js'

const { filters, output, running } = group

/** Of events that are sorted so many rows are shown, and kept, unless --rows says otherwise: something has to bound memory. */
export const SORTED_ROWS = 1000

/** Those of every tool. */
export const commonOptions = {
  duration: option.value({
    alias: 'd',
    placeholder: 'SECONDS',
    describe: 'End after so many seconds',
    of: seconds,
    group: running,
  }),
  json: option.flag({ describe: 'One JSON object a line', group: output }),
  csv: option.flag({ describe: 'Comma-separated values below a line of names', group: output }),
  fields: option.list({
    placeholder: 'FIELDS',
    describe: 'Show these fields of --json, in this order; +FIELD adds one, -FIELD leaves one out',
    of: completing('field', fieldWord),
    group: output,
  }),
  filter: option.value({
    placeholder: 'EXPR',
    describe: 'Only rows that meet a condition on fields, such as \'ret < 0 and comm ~ "^ng"\'',
    of: text,
    group: filters,
  }),
  timeFormat: option.value({
    placeholder: 'FORMAT',
    describe: 'Show times as seconds (since the first), clock (of the day) or rfc3339 (in UTC)',
    of: oneOf('seconds', 'clock', 'rfc3339'),
    group: output,
  }),
  record: option.value({
    placeholder: 'FILE',
    describe: 'Record everything that is seen into a new file, compressed',
    of: completing('file', text),
    group: running,
  }),
  replay: option.value({
    placeholder: 'FILE',
    describe: 'Show a recording, made here or elsewhere, in place of this machine',
    of: completing('file', text),
    group: running,
  }),
  failIf: option.value({
    placeholder: 'EXPR',
    describe: 'End with status 1 if a row met this condition, and say which',
    of: text,
    group: running,
  }),
  until: option.value({
    placeholder: 'EXPR',
    describe: 'End after the first row that meets this condition',
    of: text,
    group: running,
  }),
  quiet: option.flag({ alias: 'q', describe: 'Say nothing on stderr but errors', group: output }),
  verbose: option.flag({
    alias: 'v',
    describe: "Say what is done, with libbpf's and the verifier's words",
    group: running,
  }),
  strict: option.flag({ describe: 'Exit with status 4 when events were lost', group: running }),
  dryRun: option.flag({ describe: 'Load and attach, say what was picked and why, and end', group: running }),
  user: option.value({
    placeholder: 'USER',
    describe:
      "Once it traces, go on as this user, by name or number; not --exec's command, which is started before",
    of: parseAccount,
    group: running,
  }),
  btf: option.value({
    placeholder: 'FILE',
    describe:
      "The kernel's types, where it shows none: a BTF file for just this kernel (see snoopkit btf-min)",
    of: completing('file', text),
    group: running,
  }),
  hook: option.list({
    placeholder: '[HOOK=]VARIANT',
    describe: 'Force a way of hooking, such as kprobe (see --dry-run)',
    of: completing('hook', text),
    group: running,
  }),
} satisfies OptionRecord

/** Those of each shape. */
export const shapeOptions = {
  events: {
    timestamp: option.flag({
      alias: 'T',
      describe: 'Show the time of each event, in seconds since the first',
      group: output,
    }),
    count: option.value({
      placeholder: 'N',
      describe: 'End after so many rows',
      of: whole('a number of rows above 0', 1),
      group: running,
    }),
    sort: option.list({
      placeholder: 'FIELDS',
      describe: 'Show the rows at the end, in this order: by these fields, -FIELD from the greatest down',
      of: completing('field', text),
      group: output,
    }),
    rows: option.value({
      placeholder: 'N',
      describe: `With --sort: show so many rows (${SORTED_ROWS})`,
      of: whole('a number of rows above 0', 1),
      group: output,
    }),
    bufferPages: option.value({
      alias: 'b',
      placeholder: 'PAGES',
      describe: 'Size of the event buffer in pages (a power of two; 2048)',
      of: powerOfTwo,
      group: running,
    }),
  },
  intervals: {
    interval: option.positional({
      describe: 'Seconds between reports; without it there is one, at the end',
      of: seconds,
    }),
    count: option.positional({
      describe: 'End after so many reports',
      of: whole('a number of reports above 0', 1),
    }),
    timestamp: option.flag({
      alias: 'T',
      describe: 'Show the time of day before each report',
      group: output,
    }),
    sort: option.list({
      placeholder: 'FIELDS',
      describe: 'Order of the rows of a report: by these fields, -FIELD from the greatest down',
      of: completing('field', text),
      group: output,
    }),
    noClear: option.flag({
      also: ['noclear'],
      describe: 'Do not redraw the screen: each report below the one before',
      group: output,
    }),
    rows: option.value({
      placeholder: 'N',
      describe: 'Show so many rows of a report at most',
      of: whole('a number of rows above 0', 1),
      group: output,
    }),
  },
} satisfies Record<string, OptionRecord>

/** All of them: core finds each, with its initial value where the tool does not offer it. */
export const sharedOptions = {
  ...processOptions,
  ...commonOptions,
  ...shapeOptions.events,
  ...shapeOptions.intervals,
}

export type SharedValues = ValuesOf<typeof sharedOptions>

function fieldWord(word: string): string {
  if (/^[+-]?[A-Za-z]\w*$/.test(word)) return word
  throw new TypeError('names of fields, each with + or - before it or neither')
}

function powerOfTwo(word: string): number {
  const what = 'a power of two from 1 to 262144'
  const pages = whole(what, 1, 262144)(word)
  if ((pages & (pages - 1)) !== 0) throw new TypeError(what)
  return pages
}
