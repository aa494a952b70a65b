// What the programs in the kernel cost, by the kernel's own clock (kernel.bpf_stats_enabled).
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Case, Sample } from '../case.js'
import { peers, snoopkit, tools } from '../contestant.js'
import { whileAttached } from '../tracer.js'
import { loads } from '../workload.js'

const SWITCH = '/proc/sys/kernel/bpf_stats_enabled'

interface Program {
  id: number
  run_time_ns?: number
  run_cnt?: number
}

function programs(): Program[] {
  return JSON.parse(execFileSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8' })) as Program[]
}

/** Numbers of the programs in the kernel. */
export const programIds = (): ReadonlySet<number> => new Set(programs().map(({ id }) => id))

/** What all programs but those given spend, in nanoseconds and runs, while the body is under way. */
export async function spentIn(
  others: ReadonlySet<number>,
  body: () => Promise<unknown>,
): Promise<{ time: number; runs: number }> {
  const enabled = readFileSync(SWITCH, 'utf8')
  try {
    writeFileSync(SWITCH, '1')
    await body()
    const own = programs().filter(({ id }) => !others.has(id))
    const sum = (key: 'run_time_ns' | 'run_cnt'): number =>
      own.reduce((all, program) => all + (program[key] ?? 0), 0)
    return { time: sum('run_time_ns'), runs: sum('run_cnt') }
  } finally {
    writeFileSync(SWITCH, enabled)
  }
}

/** How many events of each; a thousand a second, since an event that is lost costs less than one that is not. */
const counts: Record<(typeof tools)[number], number> = {
  opensnoop: 5_000,
  execsnoop: 500,
  biolatency: 3_000,
  tcpsynbl: 2_000,
}
const EVERY_MICROS = 1000

function kernelOf(tool: (typeof tools)[number]): Case {
  const count = counts[tool]
  return {
    name: `kernel-${tool}`,
    describe: `${tool}'s programs in the kernel over ${count.toLocaleString('en')} events`,
    contestants: [snoopkit(), ...peers],
    metrics: [
      { name: 'an event', unit: 'ns', targets: [{ most: 1 }] },
      { name: 'a run', unit: 'ns' },
      { name: 'runs an event', unit: '' },
    ],
    missing: (contestant) => contestant.missing(tool),
    async run(contestant): Promise<Sample> {
      const others = programIds()
      return await whileAttached(contestant, tool, 'file', async (tracer) => {
        const { time, runs } = await spentIn(others, async () => {
          await loads[tool].run(count, { everyMicros: EVERY_MICROS })
          await tracer.settled()
        })
        if (runs === 0) throw new Error('none of its programs ran')
        return { 'an event': time / count, 'a run': time / runs, 'runs an event': runs / count }
      })
    },
  }
}

export const kernel = tools.map(kernelOf)
