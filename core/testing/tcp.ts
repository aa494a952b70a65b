// test/workloads/tcp.c as tests run it, and what tests of tools of TCP connections share.
import { assert } from './suite.js'
import { parseClosing, parseRows, startTool } from './tool.js'
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

/** Runs the tool beside the workloads; its rows, and what each workload said. */
export async function traceTcp<Row>(tool: string, args: readonly string[], loads: readonly HeldTcp[]) {
  const running = await startTool(tool, ['--json', ...args])
  const counts = await Promise.all(loads.map((load) => load.run()))
  const { status, stdout, stderr } = await running.stop()
  assert.is(status, 0, stderr)
  const rows = parseRows<Row>(stdout)
  const { events, lost } = parseClosing(stderr)
  assert.is(rows.length, events)
  return { rows, lost, counts }
}
