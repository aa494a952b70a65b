// What must not compile. Never run: `tsc` fails when one of these lines is accepted.
import { defineEvents, option, skeleton } from '../../core/index.js'

const fake = skeleton<{
  programs: 'enter' | 'leave'
  maps: 'events' | 'counts'
  rodata: { limit: number; only_failed: boolean; filter_tgid: number }
  data: { lost: bigint }
  streams: { events: { pid: number; path: string } }
  tables: object
}>('fake')

const base = {
  name: 'fake',
  summary: '',
  symptoms: ['x'],
  examples: [],
  blind: [],
  skeleton: fake,
  stream: 'events',
} as const

const hooks = [
  { name: 'h', sees: '', variants: [{ name: 'fexit', programs: ['enter'], missed: [] }] },
] as const

/** What is right compiles, and the row has the right types. */
const right = defineEvents({
  ...base,
  options: { failed: option.flag({ describe: '' }) },
  rodata: { only_failed: (options) => options.failed, limit: (options) => options.duration ?? 0 },
  hooks,
  columns: {
    pid: { describe: '' },
    upper: { describe: '', value: ({ path }) => path.toUpperCase() },
    even: { describe: '', value: ({ pid }) => pid % 2 === 0 },
  },
})
type Row = NonNullable<(typeof right)['row']>
export const row: Row = { pid: 1, upper: '', even: true }
// @ts-expect-error a column's type follows from what it computes
export const wrongRow: Row = { pid: 1, upper: 2, even: true }
// @ts-expect-error a row has the columns and no other keys
export const unknownKey: number = row.path

defineEvents({
  ...base,
  options: {},
  rodata: {},
  hooks,
  // @ts-expect-error a column that names no field and computes nothing
  columns: { nosuch: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  hooks,
  // @ts-expect-error a column that computes from a field the event does not have
  columns: { computed: { describe: '', value: ({ nosuch }) => nosuch } },
})

defineEvents({
  ...base,
  options: {},
  // @ts-expect-error a constant the object does not have
  rodata: { nosuch: () => 1 },
  hooks,
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  // @ts-expect-error a constant of another type
  rodata: { limit: () => true },
  hooks,
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  // @ts-expect-error an option the tool does not have
  rodata: { limit: (options) => options.nosuch },
  hooks,
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  hooks,
  // @ts-expect-error an option the tool does not have, in a column
  columns: { pid: { describe: '', show: (options) => options.nosuch } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  // @ts-expect-error a program the object does not have
  hooks: [{ name: 'h', sees: '', variants: [{ name: 'fexit', programs: ['nosuch'], missed: [] }] }],
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  // @ts-expect-error a map that is not there
  stream: 'nosuch',
  options: {},
  rodata: {},
  hooks,
  columns: {},
})

defineEvents({
  ...base,
  // @ts-expect-error a map that carries no events
  stream: 'counts',
  options: {},
  rodata: {},
  hooks,
  columns: {},
})

/** A tool may replace a shared option by one of another type, keep events itself, and hook by its options. */
defineEvents({
  ...base,
  options: { name: option.value({ describe: '', placeholder: 'N', of: (word) => new RegExp(word) }) },
  rodata: {},
  hooks: [{ ...hooks[0], when: ({ name, pid }) => name !== undefined && pid !== undefined }],
  keep:
    ({ name }) =>
    ({ path }) =>
      name?.test(path) ?? true,
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  // @ts-expect-error a hook that depends on an option the tool does not have
  hooks: [{ ...hooks[0], when: ({ nosuch }) => nosuch }],
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  hooks,
  // @ts-expect-error what is kept depends on an option the tool does not have
  keep: ({ nosuch }) => nosuch,
  columns: { pid: { describe: '' } },
})
const unfiltered = skeleton<{
  programs: 'enter'
  maps: 'events'
  rodata: { limit: number }
  data: { lost: bigint }
  streams: { events: { pid: number } }
  tables: object
}>('unfiltered')
const rest = { options: {}, rodata: {}, hooks, columns: { pid: { describe: '' } } }

defineEvents({ ...base, ...rest, skeleton: unfiltered, filters: 'none' })

// @ts-expect-error a kernel side without the filters by process, and a tool that would offer them
defineEvents({ ...base, ...rest, skeleton: unfiltered })

const { symptoms: _symptoms, ...unlisted } = base
// @ts-expect-error a tool that nobody could find by a symptom
defineEvents({ ...unlisted, options: {}, rodata: {}, hooks, columns: { pid: { describe: '' } } })

defineEvents({
  ...base,
  // @ts-expect-error the same, with an empty list
  symptoms: [],
  options: {},
  rodata: {},
  hooks,
  columns: { pid: { describe: '' } },
})

defineEvents({
  ...base,
  options: {},
  rodata: {},
  hooks,
  // @ts-expect-error a function for a program that the object does not have
  targets: { nosuch: () => ['vfs_read'] },
  columns: {},
})
