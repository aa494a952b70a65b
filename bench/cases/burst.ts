// Events as fast as threads can: what is reported, what it costs the tracer, and what the traced program.
import type { Case, Metric, Sample } from '../case.js'
import { type Contestant, peers, snoopkit } from '../contestant.js'
import { whileAttached, type Way } from '../tracer.js'
import { loads } from '../workload.js'

type EventTool = 'opensnoop' | 'execsnoop'

const json = snoopkit('snoopkit --json', '--json')

async function run(
  contestant: Contestant,
  tool: EventTool,
  count: number,
  threads: number,
  way: Way,
): Promise<Sample> {
  const load = loads[tool]
  const alone = await load.run(count, { threads })
  const { tracer, took, cpu, peak } = await whileAttached(contestant, tool, way, async (own) => {
    const before = own.cpu
    const traced = await load.run(count, { threads })
    await own.settled()
    return { tracer: own, took: traced, cpu: own.cpu - before, peak: own.memory.peak }
  })
  const reported = tracer.takeRows(load.rows)
  return {
    lost: count - reported,
    slowdown: took / alone,
    'CPU a row': (cpu * 1000) / reported,
    'peak memory': peak,
  }
}

const metrics: readonly Metric[] = [
  { name: 'lost', unit: '', targets: [{ most: 0, of: 'absolute' }] },
  { name: 'slowdown', unit: '×', targets: [{ most: 1.25, of: 'absolute' }] },
  { name: 'CPU a row', unit: 'µs', targets: [{ most: 1 / 4 }, { most: 1 / 3, whose: json.name }] },
  { name: 'peak memory', unit: 'MB', targets: [{ most: 1 / 2, of: 'bpftrace' }] },
]

function burst(tool: EventTool, count: number, threads: number, way: Way): Case {
  const what = `${count.toLocaleString('en')} ${tool === 'opensnoop' ? 'opens' : 'execs'}`
  const size = count >= 1e6 ? `${count / 1e6}m` : `${count / 1e3}k`
  return {
    name: `burst-${tool}-${size}-${threads}${way === 'pipe' ? '-pipe' : ''}`,
    describe: `${what} as fast as ${threads === 1 ? 'a thread' : `${threads} threads`} can, rows to a ${way}`,
    metrics,
    contestants: [snoopkit(), json, ...peers],
    ...(count >= 1e6 && { rounds: 3 }),
    missing: (contestant) => contestant.missing(tool),
    run: (contestant) => run(contestant, tool, count, threads, way),
  }
}

export const bursts: readonly Case[] = [
  burst('opensnoop', 100_000, 1, 'file'),
  burst('opensnoop', 100_000, 2, 'file'),
  burst('opensnoop', 100_000, 1, 'pipe'),
  burst('execsnoop', 2_000, 1, 'file'),
  burst('opensnoop', 1_000_000, 1, 'file'),
  burst('opensnoop', 1_000_000, 2, 'file'),
]
