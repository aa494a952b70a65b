// Ends of processes and workers that the addon must survive; one a run, named on the command line.
// oxlint-disable unicorn/require-post-message-target-origin -- a worker's port has none
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parentPort, Worker } from 'node:worker_threads'
import { privilegesOf, setOf } from '../../core/testing/privileges.js'
import {
  addon,
  bpfDescriptors,
  checker,
  counters,
  kill,
  loadEmitter,
  loadObject,
  must,
  openObject,
  openStream,
  sleep,
  succeed,
  until,
} from './fixture.js'

const gc = (): void => (globalThis as { gc?: () => void }).gc?.()
const loopTurns = (): number =>
  (performance.nodeTiming as unknown as { uvMetricsInfo: { loopCount: number } }).uvMetricsInfo.loopCount
const stayAlive = (): void => void setInterval(() => undefined, 1000)

/** Something of everything that needs no privileges, never closed. */
function openThings(): unknown[] {
  const object = openObject()
  const folder = mkdtempSync(join(tmpdir(), 'snoopkit-addon-'))
  writeFileSync(join(folder, 'btf'), object.btf())
  const types = must(addon.openBtf({ path: join(folder, 'btf') }))
  rmSync(folder, { recursive: true })
  const watch = addon.watchHangup(1, () => undefined)
  addon.setLog(() => undefined)
  return [object, types, watch]
}

/** Fails unless something keeps the process for half a second. */
function staysAlive(start: () => unknown): void {
  start()
  process.exitCode = 9
  setTimeout(() => process.exit(0), 500).unref()
}

/** Keeps sending records to a stream that handles them slowly. */
function busyStream(): void {
  const object = loadEmitter({ ringMark: 65_536 })
  openStream(object, () => kill(10))
  setInterval(() => kill(100), 1)
}

const scenarios = {
  /** Nothing has read the kernel's own types in this process, so that libbpf has to find what the program traces. */
  typesFromFile() {
    const object = loadObject(['on_tp_btf'], { kernelBtf: '/sys/kernel/btf/vmlinux' })
    succeed(object.attach('on_tp_btf'))
    kill(5)
    const [, calls] = counters(object).calls
    if (calls !== 5) throw new Error(`seen: ${calls}`)
    object.close()
  },

  /** While threads are made and end. */
  async giveUpPrivileges() {
    const workers = Array.from({ length: 3 }, () => new Worker('setInterval(() => {}, 1000)', { eval: true }))
    const started = addon.giveUpPrivileges([])
    if (started !== 0) throw new Error(`the addon returned ${started}`)
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))))
    const { permitted, effective, inheritable, ambient, noNewPrivileges } = privilegesOf(process.pid)
    const sets = new Set([permitted, effective, inheritable, ambient])
    if (sets.size !== 1 || !sets.has(setOf([])) || noNewPrivileges !== '1')
      throw new Error(`still there: ${[...sets].join(' ')}`)
    await Promise.all(workers.map(async (worker) => await worker.terminate()))
  },

  async collectGarbage() {
    const memory: number[] = []
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 200; i++) openObject()
      gc()
      await sleep(5)
      gc()
      memory.push(process.memoryUsage.rss() >> 20)
    }
    const [, , second = 0] = memory
    // Each round leaves some 30 MB if nothing is closed.
    if ((memory.at(-1) ?? 0) > second + 50) throw new Error(`memory grows: ${memory.join(' ')} MiB`)
  },
  leaveOpen() {
    openThings()
  },
  leaveOpenAndWait() {
    openThings()
    stayAlive()
    parentPort?.postMessage('ready')
  },
  leaveOpenAndExit() {
    openThings()
    process.exit(0)
  },
  manyWorkers() {
    const start = (): Worker => new Worker(new URL(import.meta.url), { argv: ['leaveOpen'] })
    Array.from({ length: 4 }, start)
  },
  silentLog() {
    addon.open(new Uint8Array(100))
    addon.openBtf({ path: '/nonexistent' })
  },
  watchOnly() {
    addon.watchHangup(0, () => undefined)
  },
  hangup() {
    stayAlive()
    must(addon.watchHangup(1, () => process.exit(0)))
    process.stdout.write('ready\n')
  },

  // From here on: as root, on a kernel that traces.
  streamOnly: () => staysAlive(() => openStream(loadEmitter(), () => undefined)),
  async idleStream() {
    const object = loadEmitter()
    openStream(object, () => undefined)
    kill(1)
    await until(() => counters(object).awake === 0)
    await sleep(200)
    const before = loopTurns()
    await sleep(1000)
    // The timer just above is one turn or two.
    if (loopTurns() - before > 3)
      throw new Error(`${loopTurns() - before} turns of the event loop in a quiet second`)
    process.exit(0)
  },
  pausedStreamOnly: () => staysAlive(() => openStream(loadEmitter(), () => undefined).pause()),
  closedStream() {
    const object = loadEmitter()
    openStream(object, () => undefined).close()
  },
  exitInsideCallback() {
    openStream(loadEmitter(), () => process.exit(0))
    kill(1)
  },
  throwInsideCallback() {
    openStream(loadEmitter(), () => {
      throw new Error('from the callback')
    })
    kill(1)
  },
  async collectLoaded() {
    for (let i = 0; i < 5; i++)
      loadObject(['emit']).attach('emit', { kind: 'raw_tracepoint', name: 'sys_enter' })
    if (bpfDescriptors() < 5) throw new Error(`only ${bpfDescriptors()} descriptors`)
    await until(() => (gc(), bpfDescriptors() === 0))
  },
  async collectStreaming() {
    const { state, onBatch } = checker()
    ;(() => void openStream(loadEmitter(), onBatch))()
    for (let i = 0; i < 5; i++) {
      gc()
      await sleep(10)
    }
    kill(10)
    await until(() => state.seen === 10)
    process.exit(0)
  },
  workerBusy() {
    busyStream()
    setTimeout(() => parentPort?.postMessage('ready'), 100)
  },
  workerExits() {
    busyStream()
    setTimeout(() => process.exit(0), 100)
  },
  workerExitsInside() {
    openStream(loadEmitter(), () => process.exit(0))
    kill(1)
  },
  workerClosesInside() {
    const object = loadEmitter()
    openStream(object, () => object.close())
    kill(1)
  },
} satisfies Record<string, () => void | Promise<void>>

export type ScenarioName = keyof typeof scenarios

const name = process.argv[2] as ScenarioName | undefined
if (name !== undefined && name in scenarios) await scenarios[name]()
