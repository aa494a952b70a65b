// What is done while a tool looks: events of its kind, each of them one, as fast as one can or at a pace.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeldWorkload, quickFile, quickProgram } from '../core/testing/workload.js'
import type { Tool } from './contestant.js'

export interface Load {
  /** What its rows have in them, for grep -E; tools that count have none. */
  readonly rows: string
  /** Does so many, by threads where that is possible; how long it took in milliseconds, from the first one on. */
  run(count: number, pace?: { threads?: number; everyMicros?: number }): Promise<number>
}

/** The disk that the guest has for this (test/disks.ts). */
const DISK = '/dev/vda'

export const openedPath = quickFile()
let execs: string | undefined
/** A program that ends at once if its first argument is `exit`; in memory, where starting it takes least. */
export const execsProgram = (): string => (execs ??= quickProgram('execs'))

async function runHeld(name: string, args: readonly string[]): Promise<number> {
  const workload = await new HeldWorkload(name, args).ready()
  const began = performance.now()
  const { status } = await workload.run()
  if (status !== 0) throw new Error(`the workload ${name} ended with ${status}`)
  return performance.now() - began
}

/** Handshakes on loopback, one after the other. */
async function handshakes(count: number, everyMicros: number): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const began = performance.now()
  for (let done = 0; done < count; done++) {
    const client = connect(port, '127.0.0.1').on('error', () => {})
    await once(client, 'connect')
    client.destroy()
    const ahead = began + ((done + 1) * everyMicros) / 1000 - performance.now()
    if (ahead > 1) await sleep(ahead)
  }
  const took = performance.now() - began
  server.close()
  return took
}

export const loads: Record<Tool, Load> = {
  opensnoop: {
    rows: openedPath,
    run: (count, { threads = 1, everyMicros = 0 } = {}) => {
      const rate = everyMicros > 0 ? ['--every', String(everyMicros)] : []
      return runHeld('opens', ['--threads', String(threads), ...rate, String(count / threads), openedPath])
    },
  },
  execsnoop: {
    rows: 'execs.{1,3}exit',
    run: (count) => runHeld('execs', ['--path', execsProgram(), String(count)]),
  },
  biolatency: {
    rows: '',
    run: (count, { everyMicros = 0 } = {}) =>
      runHeld('blocks', ['--reads', String(count), '--pause', String(everyMicros), DISK]),
  },
  tcpsynbl: { rows: '', run: (count, { everyMicros = 0 } = {}) => handshakes(count, everyMicros) },
}
