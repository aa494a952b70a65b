// A system where nothing happens, and then one thing does.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Sample } from '../case.js'
import { peers, snoopkit, type Tool, tools } from '../contestant.js'
import { sleeps } from '../proc.js'
import { whileAttached } from '../tracer.js'
import { latencies } from './steady.js'

const OPENS = 10
const EVERY_MS = 1000
const IDLE_MS = 60_000

export const quiet: Case = {
  name: 'quiet',
  describe: 'one open a second, and nothing else',
  contestants: [snoopkit(), ...peers],
  metrics: [
    { name: 'row, median', unit: 'ms', targets: [{ most: 30, of: 'absolute' }] },
    { name: 'row, slowest', unit: 'ms' },
  ],
  missing: (contestant) => contestant.missing('opensnoop'),
  run: (contestant) =>
    whileAttached(contestant, 'opensnoop', 'here', async (tracer): Promise<Sample> => {
      const took = await latencies(tracer, EVERY_MS, sleep(OPENS * EVERY_MS))
      return {
        'row, median': took[took.length >> 1] ?? Number.NaN,
        'row, slowest': took.at(-1) ?? Number.NaN,
      }
    }),
}

function idleOf(tool: Tool): Case {
  return {
    name: `idle-${tool}`,
    describe: `${tool}, a minute in which nothing happens`,
    contestants: [snoopkit(), ...peers],
    metrics: [
      { name: 'CPU', unit: '%', targets: [{ most: 0.1, of: 'absolute' }] },
      { name: 'wake-ups a second', unit: '', targets: [{ most: 10, of: 'absolute' }] },
      { name: 'peak memory', unit: 'MB', targets: [{ most: 1 / 2, of: 'bpftrace' }] },
    ],
    rounds: 1,
    missing: (contestant) => contestant.missing(tool),
    run: (contestant) =>
      whileAttached(contestant, tool, 'file', async (tracer): Promise<Sample> => {
        const [cpu, woken, began] = [tracer.cpu, sleeps(tracer.pid), performance.now()]
        await sleep(IDLE_MS)
        tracer.mustRun()
        const spent = performance.now() - began
        return {
          CPU: ((tracer.cpu - cpu) / spent) * 100,
          'wake-ups a second': ((sleeps(tracer.pid) - woken) / spent) * 1000,
          'peak memory': tracer.memory.peak,
        }
      }),
  }
}

export const idle = tools.map(idleOf)
