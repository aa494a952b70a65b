// What the programs in the kernel cost, by the kernel's own clock (kernel.bpf_stats_enabled).
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Case, Sample } from '../case.js'
import { peers, snoopkit, type Tool, tools } from '../contestant.js'
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

/** How many events of each; a thousand a second, since an event that is lost costs less than one that is not. */
const counts: Record<Tool, number> = { opensnoop: 5_000, execsnoop: 500, biolatency: 3_000, tcpsynbl: 2_000 }
const EVERY_MICROS = 1000

function kernelOf(tool: Tool): Case {
  const count = counts[tool]
  return {
    name: `kernel-${tool}`,
    describe: `${tool}'s programs in the kernel over ${count.toLocaleString('en')} events`,
    contestants: [snoopkit(), ...peers],
    metrics: [
      { name: 'an event', unit: 'ns', target: { most: 1 } },
      { name: 'a run', unit: 'ns' },
      { name: 'runs an event', unit: '' },
    ],
    missing: (contestant) => contestant.missing(tool),
    async run(contestant): Promise<Sample> {
      const others = new Set(programs().map(({ id }) => id))
      const enabled = readFileSync(SWITCH, 'utf8')
      return await whileAttached(contestant, tool, 'file', async (tracer) => {
        try {
          writeFileSync(SWITCH, '1')
          await loads[tool].run(count, { everyMicros: EVERY_MICROS })
          await tracer.settled()
          const own = programs().filter(({ id }) => !others.has(id))
          const sum = (key: 'run_time_ns' | 'run_cnt'): number =>
            own.reduce((all, program) => all + (program[key] ?? 0), 0)
          const [time, runs] = [sum('run_time_ns'), sum('run_cnt')]
          return { 'an event': time / count, 'a run': time / runs, 'runs an event': runs / count }
        } finally {
          writeFileSync(SWITCH, enabled)
        }
      })
    },
  }
}

export const kernel = tools.map(kernelOf)
