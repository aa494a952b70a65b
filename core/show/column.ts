// Columns that many tools have, ready made.
import { errnoName } from '../errno.js'
import type { Timed } from '../tool.js'
import type { RowContext } from './context.js'

export const column = {
  /** What shows a time as seconds since the first event; its value is `value`. */
  inSeconds: <V extends Timed['value']>(value: V, decimals: number) => ({
    timed: { of: 'time', value, decimals } as const,
    text: ({ time }: { time: number }, context: RowContext) => context.sinceFirst(time).toFixed(decimals),
  }),

  /** The kernel's own timestamp: wall clock in JSON, seconds since the first event in text (bcc's -T). */
  time: <O extends { timestamp: boolean }>() => ({
    describe: 'when it happened, by the kernel',
    header: 'TIME(s)',
    width: 14,
    show: (options: O) => options.timestamp,
    value: ({ time }: { time: number }, context: RowContext) => context.wallTime(time),
    ...column.inSeconds('wall', 9),
  }),

  /** The same as the time of day, HH:MM:SS. */
  clock: () => ({
    describe: 'when it happened, by the kernel',
    header: 'TIME',
    width: 8,
    value: ({ time }: { time: number }, context: RowContext) => context.wallTime(time),
    timed: { of: 'time', value: 'wall' } as const,
    text: ({ time }: { time: number }, context: RowContext) => context.clock(time),
  }),

  /** The same where -T (`preset.time`) asks for it. */
  clockOnDemand: () => ({ ...column.clock(), show: ({ time }: { time: boolean }) => time }),

  /** bcc's `TIME(s)`, where -t (`preset.seconds`) asks for it. */
  seconds: () => ({
    describe: 'seconds since the first event',
    header: 'TIME(s)',
    width: 8,
    show: ({ timestamp }: { timestamp: boolean }) => timestamp,
    value: ({ time }: { time: number }, context: RowContext) => context.sinceFirst(time),
    ...column.inSeconds('seconds', 3),
  }),

  /** Where -U (`preset.printUid`) asks for it. */
  uid: () => ({
    describe: 'user ID',
    width: 6,
    show: ({ printUid }: { printUid: boolean }) => printUid,
  }),

  /** Of a result that is -errno where it failed: the number. */
  errno: () => ({
    describe: 'errno; 0: success',
    width: 3,
    align: 'right' as const,
    alarm: ({ ret }: { ret: number }) => ret < 0,
    value: ({ ret }: { ret: number }) => Math.max(-ret, 0),
  }),

  /** The same by name; null where it did not fail. */
  errorName: (describe = 'its name') => ({
    describe,
    show: () => false,
    value: ({ ret }: { ret: number }) => (ret < 0 ? errnoName(-ret) : null),
  }),
}
