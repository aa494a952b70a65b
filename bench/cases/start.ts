// From the command to the first event that is seen at all, and to its row.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Metric, Sample } from '../case.js'
import { type Contestant, peers, snoopkit, type Tool } from '../contestant.js'
import { touch, Tracer } from '../tracer.js'
import { execsProgram, loads } from '../workload.js'

const LIMIT_MS = 120_000
const EVERY_MS = 10

const own: readonly Metric[] = [
  { name: 'CPU until then', unit: 'ms' },
  { name: 'memory then', unit: 'MB' },
]
const targets = [
  { most: 1.5, of: 'libbpf-tools' },
  { most: 1 / 6, of: 'bpftrace' },
  { most: 1 / 20, of: 'bcc' },
]

/** Causes an event every 10 ms until `isOver`; when each was caused, in milliseconds since `began`. */
async function causeUntil(
  tracer: Tracer,
  began: number,
  cause: (number: number) => unknown,
  isOver: () => boolean,
): Promise<number[]> {
  const caused: number[] = []
  while (!isOver()) {
    if (performance.now() - began > LIMIT_MS)
      throw new Error(`has nothing to show after ${LIMIT_MS / 1000} s`)
    tracer.mustRun()
    caused.push(performance.now() - began)
    await cause(caused.length - 1)
    await sleep(EVERY_MS)
  }
  return caused
}

/** Of tools with a row an event: the events have numbers, and the first row names the first that was seen. */
function rowsOf(tool: 'opensnoop' | 'execsnoop'): Case {
  const cause = {
    opensnoop: (name: string) => touch(name),
    execsnoop: (name: string) => spawn(execsProgram(), ['exit', name], { stdio: 'ignore' }),
  }[tool]
  return {
    name: `start-${tool}`,
    describe: `${tool}, an event every 10 ms meanwhile`,
    contestants: [snoopkit(), ...peers],
    metrics: [{ name: 'first row', unit: 'ms', targets }, { name: 'attached', unit: 'ms' }, ...own],
    missing: (contestant) => contestant.missing(tool),
    async run(contestant): Promise<Sample> {
      const mark = join(mkdtempSync(join(tmpdir(), 'first-')), 'event-')
      const began = performance.now()
      const tracer = new Tracer(contestant, tool, 'here')
      try {
        let rows = ''
        tracer.child.stdout?.setEncoding('utf8').on('data', (text: string) => (rows += text))
        const first = new RegExp(`${mark}(\\d+)\\b.*\n`)
        let found: RegExpExecArray | null = null
        const caused = await causeUntil(
          tracer,
          began,
          (number) => cause(`${mark}${number}`),
          () => (found = first.exec(rows)) !== null,
        )
        return {
          'first row': performance.now() - began,
          attached: caused[Number(found?.[1])] as number,
          'CPU until then': tracer.cpu,
          'memory then': tracer.memory.peak,
        }
      } finally {
        await tracer.end()
      }
    },
  }
}

/** Of tools that count: the last so many events are in its histogram, so the first of these was the first that was seen. */
function countsOf(tool: 'biolatency' | 'tcpsynbl'): Case {
  return {
    name: `start-${tool}`,
    describe: `${tool}, an event every 10 ms meanwhile`,
    contestants: [snoopkit(), ...peers],
    metrics: [{ name: 'attached', unit: 'ms', targets }, ...own],
    missing: (contestant) => contestant.missing(tool),
    run: (contestant) => firstCounted(contestant, tool),
  }
}

async function firstCounted(contestant: Contestant, tool: Tool): Promise<Sample> {
  const began = performance.now()
  const tracer = new Tracer(contestant, tool, 'here')
  let shown = ''
  tracer.child.stdout?.setEncoding('utf8').on('data', (text: string) => (shown += text))
  let sample: Sample = {}
  let caused: number[] = []
  try {
    let over = false
    const attached = tracer.attached().then(() => (over = true))
    // Whoever causes the events finds out too, and sooner.
    attached.catch(() => {})
    caused = await causeUntil(
      tracer,
      began,
      () => loads[tool].run(1),
      () => over,
    )
    await attached
    sample = { 'CPU until then': tracer.cpu, 'memory then': tracer.memory.peak }
  } finally {
    await tracer.end()
  }
  const first = caused[caused.length - countIn(shown)]
  if (first === undefined) throw new Error(`counts ${countIn(shown)} of ${caused.length} events`)
  return { attached: first, ...sample }
}

/** What the slots of histograms as all these tools print them hold together. */
function countIn(text: string): number {
  return [...text.matchAll(/(?:->\s*\d+\s*:|[\])])\s+(\d+)\s*\|/g)].reduce((sum, [, n]) => sum + Number(n), 0)
}

export const starts: readonly Case[] = [
  rowsOf('opensnoop'),
  rowsOf('execsnoop'),
  countsOf('biolatency'),
  countsOf('tcpsynbl'),
]
