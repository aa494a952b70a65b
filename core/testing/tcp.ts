// test/workloads/tcp.c as tests run it, and what tests of tools of TCP connections share.
import type { EventsTool } from '../shape/events.js'
import { assert } from './suite.js'
import { startTrace } from './watch.js'
import { holdWorkload } from './workload.js'

/** What the workload says at its end. */
export interface TcpCounts {
  connected: number
  accepted: number
  refused: number
  unroutable: number
  server_tid: number
  slow: number
  retransmitted: number
}

export interface HeldTcp {
  pid: number
  port: number
  netns: number
  run(): Promise<TcpCounts>
}

/** Starts it in a network namespace of its own, and waits until it is ready. */
export async function holdTcp(...args: string[]): Promise<HeldTcp> {
  const load = await holdWorkload('tcp', ['--netns', ...args])
  return {
    pid: load.pid,
    port: Number(/port=(\d+)/.exec(load.said)?.[1]),
    netns: Number(/netns=(\d+)/.exec(load.said)?.[1]),
    run: async () => {
      const { status, lines } = await load.run()
      assert.is(status, 0)
      const words = (lines[0] ?? '').split(' ').map((word) => word.split('='))
      return Object.fromEntries(words.map(([name, value]) => [name, Number(value)])) as unknown as TcpCounts
    },
  }
}

/**
 * Runs the tool beside the workloads; its rows of their network namespaces, and what each workload said. The kernel still closes
 * sockets of namespaces that are gone.
 */
export async function traceTcp<Row extends { netns: number }>(
  tool: EventsTool,
  args: readonly string[],
  loads: readonly HeldTcp[],
) {
  const tracing = await startTrace<Row>(tool, args)
  const counts = await Promise.all(loads.map((load) => load.run()))
  const { rows, seen, lost } = await tracing.stop()
  assert.is(rows.length, seen)
  const own = new Set(loads.map(({ netns }) => netns))
  return { rows: rows.filter(({ netns }) => own.has(netns)), lost, counts }
}
