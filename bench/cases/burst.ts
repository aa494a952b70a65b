// Opens as fast as threads can: what is reported, what it costs the tracer, and what the traced program.
import type { Case, Metric, Sample } from '../case.js'
import { type Contestant, peers, snoopkit } from '../contestant.js'
import { whileAttached, type Way } from '../tracer.js'
import { openedPath, opens } from '../workload.js'

const json = snoopkit('snoopkit --json', '--json')
const runs = (contestant: Contestant): string | undefined => contestant.missing('opensnoop')

async function run(contestant: Contestant, opensEach: number, threads: number, way: Way): Promise<Sample> {
  const alone = await opens(opensEach, threads)
  const { tracer, took, cpu, peak } = await whileAttached(contestant, 'opensnoop', way, async (own) => {
    const before = own.cpu
    const traced = await opens(opensEach, threads)
    await own.settled()
    return { tracer: own, took: traced, cpu: own.cpu - before, peak: own.memory.peak }
  })
  const reported = tracer.rows(openedPath)
  return {
    lost: opensEach * threads - reported,
    slowdown: took / alone,
    'CPU a row': (cpu * 1000) / reported,
    'peak memory': peak,
  }
}

const metrics: readonly Metric[] = [
  { name: 'lost', unit: '', target: { most: 0, of: 'absolute' } },
  { name: 'slowdown', unit: '×', target: { most: 1.25, of: 'absolute' } },
  { name: 'CPU a row', unit: 'µs', target: { most: 1 / 4 } },
  { name: 'peak memory', unit: 'MB', target: { most: 1 / 2, of: 'bpftrace' } },
]

function burst(count: number, threads: number, way: Way): Case {
  const words = `${count.toLocaleString('en')} opens`
  return {
    name: `burst-${count >= 1e6 ? `${count / 1e6}m` : `${count / 1e3}k`}-${threads}${way === 'pipe' ? '-pipe' : ''}`,
    describe: `${words} as fast as ${threads === 1 ? 'a thread' : `${threads} threads`} can, rows to a ${way}`,
    metrics,
    contestants: [snoopkit(), json, ...peers],
    ...(count >= 1e6 && { rounds: 1 }),
    missing: runs,
    run: (contestant) => run(contestant, count / threads, threads, way),
  }
}

export const bursts: readonly Case[] = [
  burst(100_000, 1, 'file'),
  burst(100_000, 2, 'file'),
  burst(100_000, 1, 'pipe'),
  burst(1_000_000, 1, 'file'),
  burst(1_000_000, 2, 'file'),
]
