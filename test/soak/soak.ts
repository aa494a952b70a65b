// Hours, or minutes, of everything at once: tools, loads and faults by chance, and what must hold all the same.
import { existsSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KernelObjects, kernelObjects, left } from './kernel-objects.js'
import { fates, live, pester } from './life.js'
import { Random } from './random.js'
import type { Report, ToolReport } from './report.js'
import { type Subject, subjects } from './subjects.js'
import { Tracer } from './tracer.js'

/** The CPU that is taken offline now and then. */
const CPU_SWITCH = '/sys/devices/system/cpu/cpu1/online'

/** How much more memory a tool may have in the last third of its time than in the second, and how much at all, in MB. */
const [MOST_GROWTH, MOST_MEMORY] = [12, 128]
/** Seconds in which the heap of JavaScript finds its size: growth says something from so long a soak on. */
const WARM = 300

export interface SoakOptions {
  seconds: number
  seed: number
  /** Told what happens, in a line. */
  say?: (line: string) => void
}

/** A tool that lives as long as the soak, and what was made for it to see. */
interface Elder {
  readonly tracer: Tracer
  readonly report: ToolReport
}

/**
 * Of each tool one process lives through all of it, and others live and die beside it. Resolves with what has come of them;
 * what is not as promised is among its breaches.
 */
export async function soak({ seconds, seed, say = () => {} }: SoakOptions): Promise<Report> {
  const breaches: string[] = []
  const breachOf = (who: string) => (what: string) => {
    breaches.push(`${who}: ${what}`)
    say(`BREACH ${who}: ${what}`)
  }
  // Tools that run do not keep this process alive.
  const alive = setInterval(() => {}, 1000)
  const before = await kernelObjects()
  const lanes = await Promise.all(
    subjects().map(async (subject) => ({ subject, elders: await startElders(subject) })),
  )
  const elders = lanes.flatMap((lane) => lane.elders)
  const run: Run = { until: performance.now() + seconds * 1000, before, say, breachOf }
  const randomOf = (actor: number): Random => new Random(seed * 31 + actor)
  const samples = setInterval(() => elders.forEach(({ tracer }) => tracer.sample()), 1000)
  const [offline, pestered] = await Promise.all([
    switchCpu(run, randomOf(1)),
    pesterElders(run, elders, randomOf(2)),
    ...lanes.map(({ subject, elders: own }, index) => runLane(run, subject, own, randomOf(3 + index))),
  ])
  clearInterval(samples)
  for (const { tracer, report } of elders)
    await judge(tracer, report, breachOf(`${report.tool}, all the time`))
  const stayed = await left(before)
  clearInterval(alive)
  if (stayed.length > 0) breachOf('the kernel')(`${stayed.join(', ')} left`)
  return {
    kernel: release(),
    seed,
    seconds,
    offline,
    pestered,
    tools: elders.map(({ report }) => report),
    breaches,
  }
}

interface Run {
  readonly until: number
  readonly before: KernelObjects
  readonly say: (line: string) => void
  readonly breachOf: (who: string) => (what: string) => void
}

async function startElders({ tools }: Subject): Promise<Elder[]> {
  const elders: Elder[] = []
  for (const tool of tools) {
    const report = { tool: tool.name, lives: {}, made: 0, seen: 0, lost: 0, earlyMb: 0, lateMb: 0 }
    elders.push({ tracer: await Tracer.start(tool), report })
  }
  return elders
}

/** One life after the other, of each tool in turn; what is made for them is made for the elders too. */
async function runLane(run: Run, subject: Subject, elders: readonly Elder[], random: Random): Promise<void> {
  const load = async (): Promise<number> => {
    const made = await subject.load(random)
    for (const { report } of elders) report.made += made
    return made
  }
  const decks = elders.map(({ tracer: { tool }, report }) => ({
    tool,
    report,
    deck: random.deck(fates.filter((fate) => fate !== 'disk full' || tool.fills)),
  }))
  for (let turn = 0; performance.now() < run.until; turn++) {
    const { tool, report, deck } = decks[turn % decks.length] as (typeof decks)[number]
    const fate = deck.next().value
    run.say(`${tool.name}: ${fate}`)
    const breach = run.breachOf(`${tool.name}, ${fate}`)
    await live(fate, { tool, random, load, before: run.before, breach }).catch((error: unknown) =>
      breach(String(error)),
    )
    report.lives[fate] = (report.lives[fate] ?? 0) + 1
  }
}

/** Stops one of those that live on, or its reader, now and then; returns how often. */
async function pesterElders(run: Run, elders: readonly Elder[], random: Random): Promise<number> {
  const deck = random.deck(
    elders.flatMap(({ tracer }) => (['stopped', 'blocked'] as const).map((fate) => ({ tracer, fate }))),
  )
  for (let times = 0; ; times++) {
    await sleep(random.whole(500, 4000))
    if (performance.now() > run.until) return times
    const { tracer, fate } = deck.next().value
    run.say(`${tracer.tool.name}, all the time: ${fate}`)
    await pester(tracer, fate, random)
  }
}

/** Takes a CPU offline and back now and then; returns how often. */
async function switchCpu(run: Run, random: Random): Promise<number> {
  if (!existsSync(CPU_SWITCH)) throw new Error(`there is no ${CPU_SWITCH}`)
  for (let times = 0; ; times++) {
    await sleep(random.whole(5000, 20_000))
    if (performance.now() > run.until) return times
    run.say('CPU 1: offline')
    writeFileSync(CPU_SWITCH, '0')
    await sleep(random.whole(500, 4000))
    writeFileSync(CPU_SWITCH, '1')
  }
}

/** Ends one that has lived through all of it. */
async function judge(tracer: Tracer, report: ToolReport, breach: (what: string) => void): Promise<void> {
  const { length } = tracer.memory
  report.earlyMb = median(tracer.memory.slice(length / 3, (2 * length) / 3))
  report.lateMb = median(tracer.memory.slice((2 * length) / 3))
  const most = Math.max(...tracer.memory)
  const grows = length >= WARM && report.lateMb - report.earlyMb > MOST_GROWTH
  if (grows || most > MOST_MEMORY)
    breach(`memory from ${report.earlyMb} to ${report.lateMb} MB, ${most} at most`)
  try {
    Object.assign(report, await tracer.finish(report.made, breach))
  } catch (error) {
    breach(String(error))
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
