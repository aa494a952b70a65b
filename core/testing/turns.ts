// Threads that take turns on one processor (test/workloads/turns.c), with what the kernel has counted of each.
import { isPreemptible } from '../bpf/skips.js'
import { assert } from './suite.js'
import type { HeldWorkload } from './workload.js'

export interface Turns {
  pid: number
  tid: number
  /** Nanoseconds that it ran, and that it waited for the processor. */
  ran: number
  waited: number
  /** How often it waited. */
  waits: number
}

/** Lets them go; resolves once all sleep. */
export async function runTurns(load: HeldWorkload): Promise<Turns[]> {
  const { status, lines } = await load.run()
  assert.is(status, 0)
  return lines.map((line) => {
    const found = /^pid=(\d+) tid=(\d+) ran=(\d+) waited=(\d+) waits=(\d+)$/.exec(line)
    const [pid = 0, tid = 0, ran = 0, waited = 0, waits = 0] = (found ?? []).slice(1).map(Number)
    return { pid, tid, ran, waited, waits }
  })
}

/** What a tool has seen of a thread: how often it waited, and how long in microseconds. */
export interface Waits {
  count: number
  micros: number
}

/** Expects that a tool has seen of each thread what the kernel has counted. */
export function expectWaits(turns: readonly Turns[], seenOf: (turns: Turns) => Waits): void {
  const sum = { micros: 0, counted: 0 }
  for (const one of turns) {
    const { count, micros } = seenOf(one)
    // The kernel does not count the wait of a thread that was preempted on its way to sleep.
    const most = one.waits + (isPreemptible() ? Math.ceil(one.waits / 50) : 0)
    assert.ok(count >= one.waits && count <= most, `${count} of ${one.waits} waits`)
    expectNear(micros, one.waited / 1000, 0.5)
    sum.micros += micros
    sum.counted += one.waited / 1000
  }
  expectNear(sum.micros, sum.counted, 0.1)
}

/**
 * A run queue's clock and the hooks' are read at different moments, microseconds from each other, and where the machine
 * below a guest takes its processor away between the two, milliseconds: of a thread that seldom waits that is more than all
 * its waits.
 */
const TAKEN_AWAY = 20_000

function expectNear(micros: number, counted: number, share: number): void {
  assert.ok(
    Math.abs(micros - counted) < counted * share + TAKEN_AWAY,
    `${micros} microseconds, and by the kernel ${counted}`,
  )
}
