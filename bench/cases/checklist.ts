// The other tools, each in one case: how soon it is attached, what it reports, and what its programs cost in the kernel.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Sample } from '../case.js'
import { checklist, type Contestant, peers, snoopkit } from '../contestant.js'
import { probesOf } from '../proc.js'
import { Tracer } from '../tracer.js'
import { loads } from '../workload.js'
import { programIds, spentIn } from './kernel.js'

type Listed = (typeof checklist)[number]

const [EVERY_MS, CALM_MS, LIMIT_MS] = [10, 1000, 180_000]

/** How many events of each: so many that all have room for them, since a record that is not written costs less. */
const counts: Record<Listed, number> = {
  biosnoop: 3_000,
  cachestat: 10_000,
  exitsnoop: 1_000,
  ext4slower: 5_000,
  killsnoop: 1_000,
  runqlat: 500,
  runqslower: 500,
  solisten: 1_000,
  syscount: 20_000,
  tcpaccept: 2_000,
  tcpconnect: 2_000,
  tcpconnlat: 2_000,
  tcpdrop: 1_000,
  tcplife: 2_000,
}

/** When the last of its probes was there, in milliseconds since it was started. */
async function attachedAfter(tracer: Tracer, began: number): Promise<number> {
  let [held, since] = [0, performance.now()]
  while (held === 0 || performance.now() - since < CALM_MS) {
    tracer.mustRun()
    const holds = probesOf(tracer.pid)
    if (holds > held) [held, since] = [holds, performance.now()]
    if (performance.now() - began > LIMIT_MS) throw new Error(`is not attached after ${LIMIT_MS / 1000} s`)
    await sleep(EVERY_MS)
  }
  return since - began
}

async function run(contestant: Contestant, tool: Listed): Promise<Sample> {
  const [load, count] = [loads[tool], counts[tool]]
  load.prepare?.()
  const [others, began] = [programIds(), performance.now()]
  const tracer = new Tracer(contestant, tool, 'file')
  let sample: Sample = {}
  try {
    const attached = await attachedAfter(tracer, began)
    await tracer.attached()
    const before = tracer.cpu
    const { time, runs } = await spentIn(others, async () => {
      await load.run(count)
      await tracer.settled()
    })
    sample = {
      attached,
      'in the kernel': time / count,
      'runs an event': runs / count,
      CPU: (tracer.cpu - before) / count,
      'peak memory': tracer.memory.peak,
    }
  } finally {
    await tracer.end()
  }
  const made = load.rowsOf?.(count) ?? count
  return load.rows === '' ? sample : { ...sample, lost: made - tracer.takeRows(load.rows) }
}

function caseOf(tool: Listed): Case {
  return {
    name: `tool-${tool}`,
    describe: `${tool}, ${counts[tool].toLocaleString('en')} events at full speed`,
    contestants: [snoopkit(), ...peers],
    metrics: [
      { name: 'attached', unit: 'ms' },
      ...(loads[tool].rows === ''
        ? []
        : [{ name: 'lost', unit: '', targets: [{ most: 0, of: 'absolute' }] }]),
      { name: 'in the kernel', unit: 'ns an event', targets: [{ most: 1, of: 'libbpf-tools' }] },
      { name: 'runs an event', unit: '' },
      { name: 'CPU', unit: 'ms an event' },
      { name: 'peak memory', unit: 'MB' },
    ],
    missing: (contestant) => contestant.missing(tool),
    run: (contestant) => run(contestant, tool),
  }
}

export const listed = checklist.map(caseOf)
