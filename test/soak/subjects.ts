// The tools that are put under load: how they are started, what is done for them to see, and how a row counts.
import { setTimeout as sleep } from 'node:timers/promises'
import { countDisks, type DiskCounts } from '../../core/testing/disks.js'
import { holdWorkload, quickFile, quickProgram } from '../../core/testing/workload.js'
import type { Random } from './random.js'

/** One kind of load, and the tools that count it. */
export interface Subject {
  readonly tools: readonly SubjectTool[]
  /** Does a random amount of it; returns how much there is for the tools to see. */
  load(random: Random): Promise<number>
}

export interface SubjectTool {
  readonly name: string
  readonly args: readonly string[]
  /** How many events a line of its output stands for. */
  count(line: string): number
  /** Writes enough into a recording to fill a small disk soon. */
  readonly fills: boolean
}

/** Pages: it is full soon when nobody reads it. */
const SMALL_RING = ['-b', '32']
/** Users of whom nobody else does anything. */
const [OPENER, EXECUTER] = [4242, 4243]
const DISK = 'vda'

const numberAfter = (word: string, text: string): number =>
  Number(new RegExp(`\\b${word}"?[=:](\\d+)`).exec(text)?.[1] ?? 0)
const isTotal = (line: string): boolean => line.includes('"total":true')

/** Runs a workload to its end; what it said last. */
async function run(name: string, args: readonly string[], uid?: number): Promise<string> {
  const load = await holdWorkload(name, args, uid === undefined ? {} : { uid })
  const { status, lines } = await load.run()
  if (status !== 0) throw new Error(`${name} ended with ${status}`)
  return lines.at(-1) ?? ''
}

/** All of them; made anew for each soak, since their files lie in memory. */
export function subjects(): readonly Subject[] {
  const [file, program] = [quickFile(), quickProgram('execs')]
  return [
    {
      tools: [
        {
          name: 'opensnoop',
          args: ['--json', '-u', String(OPENER), ...SMALL_RING],
          count: () => 1,
          fills: true,
        },
      ],
      load: async (random) => {
        const args = ['--threads', String(random.whole(1, 4)), String(random.whole(1, 5000)), file]
        return numberAfter('opens', await run('opens', args, OPENER))
      },
    },
    {
      tools: [
        {
          name: 'execsnoop',
          args: ['--json', '-u', String(EXECUTER), ...SMALL_RING],
          count: () => 1,
          fills: true,
        },
      ],
      load: async (random) => {
        const size = ['--words', String(random.whole(0, 40)), '--bytes', String(random.whole(1, 900))]
        const args = ['--path', program, ...size, String(random.whole(1, 100))]
        // And the workload itself.
        return numberAfter('execs', await run('execs', args, EXECUTER)) + 1
      },
    },
    {
      tools: [
        {
          name: 'biolatency',
          args: ['-F', '-j', '-d', DISK, '1'],
          count: (line) => numberAfter('count', line),
          fills: false,
        },
      ],
      load: async (random) => {
        const [reads, writes] = [random.whole(1, 300), random.whole(1, 300)]
        const args = [
          '--reads',
          String(reads),
          '--writes',
          String(writes),
          '--jobs',
          String(random.whole(1, 3)),
        ]
        // Where the disk is slow the kernel makes one of two that are side by side.
        const { counts } = await countDisks([DISK], () => run('blocks', [...args, `/dev/${DISK}`]))
        return Object.values(counts[DISK] as DiskCounts).reduce((sum, count) => sum + count, 0)
      },
    },
    {
      tools: [
        {
          name: 'tcpsynbl',
          args: ['--sockets', '--json', '1'],
          count: (line) => (isTotal(line) ? 0 : numberAfter('overflows', line)),
          fills: false,
        },
        { name: 'max_backlog', args: ['--json'], count: (line) => numberAfter('times', line), fills: false },
      ],
      load: overflow,
    },
  ]
}

/** Connections to a listener in a network namespace of its own that accepts none. */
async function overflow(random: Random): Promise<number> {
  const clients = ['--clients', String(random.whole(5, 300)), '--listeners', String(random.whole(1, 3))]
  const load = await holdWorkload('backlog', ['--netns', ...clients, '--seconds', '1', '--linger', '600'])
  const ended = load.run()
  while (!/socket_drops=.*\n/.test(load.said)) await sleep(50)
  process.kill(load.pid)
  await ended
  return numberAfter('overflows', load.said)
}
