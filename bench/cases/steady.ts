// A thousand opens a second, and some of our own among them to see when their rows come.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Sample } from '../case.js'
import { peers, snoopkit } from '../contestant.js'
import { sleeps } from '../proc.js'
import { touch, type Tracer, whileAttached } from '../tracer.js'
import { loads } from '../workload.js'

/** Opens a file every so many milliseconds until that is over, and notes how long each row took to come. */
export async function latencies(tracer: Tracer, everyMs: number, over: Promise<unknown>): Promise<number[]> {
  const mark = join(mkdtempSync(join(tmpdir(), 'late-')), 'open-')
  const opened: number[] = []
  const took: number[] = []
  const found = new RegExp(`${mark}(\\d+)\\b`, 'g')
  let cut = ''
  const onRows = (text: string): void => {
    const [rows, at] = [cut + text, performance.now()]
    cut = rows.slice(rows.lastIndexOf('\n') + 1)
    for (const [, number] of rows.slice(0, rows.length - cut.length).matchAll(found))
      took.push(at - (opened[Number(number)] as number))
  }
  tracer.child.stdout?.setEncoding('utf8').on('data', onRows)
  const ended = new AbortController()
  void over.finally(() => ended.abort())
  while (!ended.signal.aborted) {
    opened.push(performance.now())
    touch(`${mark}${opened.length - 1}`)
    await sleep(everyMs)
  }
  await sleep(500)
  tracer.child.stdout?.off('data', onRows)
  return took.toSorted((a, b) => a - b)
}

function steadyFor(name: string, seconds: number, slow: boolean): Case {
  return {
    name,
    describe: `1,000 opens a second for ${seconds} seconds, rows read as they come`,
    contestants: [snoopkit(), snoopkit('snoopkit --json', '--json'), ...peers],
    metrics: [
      { name: 'CPU', unit: '%' },
      { name: 'row, median', unit: 'ms' },
      { name: 'row, p99', unit: 'ms' },
      { name: 'wake-ups a second', unit: '' },
      { name: 'peak memory', unit: 'MB', targets: [{ most: 1 / 2, of: 'bpftrace' }] },
      { name: 'grown in the second half', unit: 'MB' },
    ],
    rounds: 2,
    ...(slow && { slow }),
    missing: (contestant) => contestant.missing('opensnoop'),
    run: (contestant) =>
      whileAttached(contestant, 'opensnoop', 'here', async (tracer): Promise<Sample> => {
        const over = loads.opensnoop.run(seconds * 1000, { everyMicros: 1000 })
        const halfway = sleep(seconds * 500).then(() => tracer.memory.now)
        const [cpu, woken, began] = [tracer.cpu, sleeps(tracer.pid), performance.now()]
        const took = await latencies(tracer, 97, over)
        const spent = performance.now() - began
        return {
          CPU: ((tracer.cpu - cpu) / spent) * 100,
          'row, median': took[took.length >> 1] ?? Number.NaN,
          'row, p99': took[Math.floor(took.length * 0.99)] ?? Number.NaN,
          'wake-ups a second': ((sleeps(tracer.pid) - woken) / spent) * 1000,
          'peak memory': tracer.memory.peak,
          'grown in the second half': tracer.memory.now - (await halfway),
        }
      }),
  }
}

export const steady = steadyFor('steady', 60, false)
export const long = steadyFor('long', 600, true)
