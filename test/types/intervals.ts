// What must not compile in tools that report in intervals. Never run: `tsc` fails when one of these lines is accepted.
import { defineIntervals, option, skeleton } from '../../core/index.js'

const fake = skeleton<{
  programs: 'enter'
  maps: 'latencies' | 'latencies_extremes' | 'rows' | 'queues' | 'queues_extremes'
  rodata: { by_disk: boolean }
  data: { lost: bigint; generation: bigint }
  streams: object
  tables: {
    latencies: { key: { dev: number }; value: { sum: number; slots: readonly number[] } }
    queues: { key: { inode: number }; value: { sum: number; slots: readonly number[] } }
    rows: { key: { inode: number }; value: { seen: number; limit: number } }
  }
}>('fake')

const base = {
  name: 'fake',
  summary: '',
  symptoms: ['x'],
  examples: [],
  blind: [],
  skeleton: fake,
  filters: 'none',
  hooks: [{ name: 'h', sees: '', variants: [{ name: 'fexit', programs: ['enter'], missed: [] }] }],
  options: { disks: option.flag({ describe: '' }) },
  rodata: {},
} as const
const unit = () => ({ name: 'usecs', divisor: 1000 })
const events = ({ seen }: { seen: number }): number => seen

/** What is right compiles, and the row has the right types. */
const right = defineIntervals({
  ...base,
  rodata: { by_disk: ({ disks, interval }) => disks && interval !== undefined },
  histogram: {
    map: 'latencies',
    unit,
    keys: { disk: { describe: '', show: ({ disks }) => disks, value: ({ dev }) => String(dev) } },
  },
  table: {
    map: 'rows',
    histogram: 'queues',
    when: ({ disks }) => disks,
    events,
    sort: (a, b) => b.seen - a.seen,
    columns: {
      seen: { describe: '' },
      longest: { describe: '', value: ({ values, limit }) => (values.max ?? 0) > limit },
    },
  },
})
type Row = NonNullable<(typeof right)['row']>
export const row: Row = { seen: 1, longest: true }
// @ts-expect-error a column's type follows from what it computes
export const wrongRow: Row = { seen: 1, longest: 1 }

defineIntervals({
  ...base,
  // @ts-expect-error a map that the object does not have
  histogram: { map: 'nosuch', unit, keys: {} },
})

defineIntervals({
  ...base,
  // @ts-expect-error a key that names no field and computes nothing
  histogram: { map: 'latencies', unit, keys: { disk: { describe: '' } } },
})

defineIntervals({
  ...base,
  table: {
    map: 'rows',
    events,
    // @ts-expect-error a column of a histogram that the table does not have
    columns: { longest: { describe: '', value: ({ values }) => values.max } },
  },
})

defineIntervals({
  ...base,
  // @ts-expect-error an option the tool does not have
  table: { map: 'rows', events, when: ({ nosuch }) => nosuch, columns: { seen: { describe: '' } } },
})
