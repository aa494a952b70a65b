// What is done while a tool looks: events of its kind, each of them one, as fast as one can or at a pace.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeldWorkload, quickFile, quickProgram } from '../core/testing/workload.js'
import type { Tool } from './contestant.js'

export interface Load {
  /** What its rows have in them, for grep -E; tools that count have none. */
  readonly rows: string
  /** How many such rows so many events make; by default one each. */
  rowsOf?(count: number): number
  /** What has to be there before a tool starts. */
  prepare?(): void
  /** Does so many, by threads where that is possible; how long it took in milliseconds, from the first one on. */
  run(count: number, pace?: { threads?: number; everyMicros?: number }): Promise<number>
}

/** The disks that the guest has for this (test/disks.ts). */
const [DISK, NVME] = ['/dev/vda', '/dev/nvme0n1']
const MOUNTED = '/tmp/ext4'

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

/** A file system on that disk; made once. */
function mountExt4(): void {
  if (existsSync(MOUNTED)) return
  execFileSync('mkfs.ext4', ['-q', NVME])
  mkdirSync(MOUNTED)
  execFileSync('mount', [NVME, MOUNTED])
}

/** Runs a program to its end; how long it took. */
function runShell(script: string): Promise<number> {
  const began = performance.now()
  execFileSync('sh', ['-c', script], { stdio: 'ignore' })
  return Promise.resolve(performance.now() - began)
}

/** Connections on loopback from accept(2) to their end. */
const connections = (rows: string): Load => ({
  rows,
  run: (count) => runHeld('tcp', ['--connects', String(count)]),
})
const processes: Load = {
  rows: '',
  run: (count) => runHeld('execs', ['--path', execsProgram(), String(count)]),
}
const blocks = (rows: string): Load => ({
  rows,
  run: (count, { everyMicros = 0 } = {}) =>
    runHeld('blocks', ['--reads', String(count), '--pause', String(everyMicros), DISK]),
})

/** Sockets that begin to listen, one after the other. */
async function listens(count: number): Promise<number> {
  const began = performance.now()
  for (let done = 0; done < count; done++) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  }
  return performance.now() - began
}

export const loads: Record<Tool, Load> = {
  opensnoop: {
    rows: openedPath,
    run: (count, { threads = 1, everyMicros = 0 } = {}) => {
      const rate = everyMicros > 0 ? ['--every', String(everyMicros)] : []
      return runHeld('opens', ['--threads', String(threads), ...rate, String(count / threads), openedPath])
    },
  },
  execsnoop: { ...processes, rows: 'execs.{1,3}exit' },
  biolatency: blocks(''),
  tcpsynbl: { rows: '', run: (count, { everyMicros = 0 } = {}) => handshakes(count, everyMicros) },
  biosnoop: blocks('blocks'),
  cachestat: { rows: '', run: (count) => runShell(`dd if=${NVME} of=/dev/null bs=4k count=${count}`) },
  exitsnoop: {
    rows: 'exits',
    rowsOf: (count) => count + 1,
    run: (count) => runHeld('exits', [String(count)]),
  },
  ext4slower: {
    rows: '',
    prepare: mountExt4,
    run: (count) =>
      runShell(
        `dd if=/dev/zero of=${MOUNTED}/file bs=4k count=${count}; dd if=${MOUNTED}/file of=/dev/null bs=4k`,
      ),
  },
  killsnoop: { rows: '^[^ ]+ +[0-9]+ +kills', run: (count) => runHeld('kills', [String(count)]) },
  runqlat: processes,
  runqslower: processes,
  solisten: { rows: 'node', run: listens },
  syscount: { rows: '', run: (count) => runHeld('opens', [String(count), openedPath]) },
  tcpaccept: connections('tcp'),
  tcpconnect: connections('tcp'),
  tcpconnlat: connections('tcp'),
  tcpdrop: { rows: '127[.]0[.]0[.]1', run: (count) => runHeld('tcp', ['--refused', String(count)]) },
  // Of both ends.
  tcplife: { ...connections('tcp'), rowsOf: (count) => 2 * count },
}
