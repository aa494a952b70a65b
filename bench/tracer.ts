// A contestant that runs.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant, Tool } from './contestant.js'
import { cpuMs, probesOf, memoryMb } from './proc.js'

const ATTACH_LIMIT_MS = 180_000
const SETTLE_LIMIT_MS = 300_000
/** A tracer that uses less than this in that time has nothing to do. */
const [QUIET_CPU_MS, QUIET_MS] = [15, 500]

/** Rows into a file, through `cat` into a file, or to us. */
export type Way = 'file' | 'pipe' | 'here'

/** What `body` makes of a contestant that has attached; it is ended in any case. */
export async function whileAttached<T>(
  contestant: Contestant,
  tool: Tool,
  way: Way,
  body: (tracer: Tracer) => Promise<T>,
): Promise<T> {
  const tracer = new Tracer(contestant, tool, way)
  // Rows that nobody reads must not hold it up.
  tracer.child.stdout?.resume()
  try {
    await tracer.attached()
    return await body(tracer)
  } finally {
    await tracer.end()
  }
}

/** A file is opened, and made where there is none. */
export function touch(path: string): void {
  closeSync(openSync(path, 'w'))
}

export class Tracer {
  readonly child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'bench-'))
  readonly #file = join(this.#folder, 'rows')
  readonly #ended: Promise<number | null>
  #said = ''

  constructor(contestant: Contestant, tool: Tool, way: Way) {
    const { words, env } = contestant.command(tool, way === 'here')
    const command =
      way === 'pipe'
        ? ['bash', '-c', 'out=$1; shift; exec "$@" > >(exec cat >"$out")', '-', this.#file, ...words]
        : words
    const [file = '', ...args] = command
    const out = way === 'file' ? openSync(this.#file, 'w') : 'pipe'
    this.child = spawn(file, args, { stdio: ['ignore', out, 'pipe'], env: { ...process.env, ...env } })
    if (typeof out === 'number') closeSync(out)
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    this.#ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('exit', (code) => resolve(code))
    })
  }

  get pid(): number {
    return this.child.pid as number
  }

  /** It holds probes and has nothing more to do. */
  async attached(): Promise<this> {
    const limit = performance.now() + ATTACH_LIMIT_MS
    while ((await this.#ask(probesOf)) === 0 || !(await this.#isQuiet(2 * QUIET_MS))) {
      if (performance.now() > limit) throw new Error(`is not attached after ${ATTACH_LIMIT_MS / 1000} s`)
      await sleep(100)
    }
    return this
  }

  /** Nothing is left to do; throws where it ends before that. */
  async settled(): Promise<void> {
    const limit = performance.now() + SETTLE_LIMIT_MS
    let isQuiet = false
    while (!isQuiet && performance.now() < limit) isQuiet = await this.#isQuiet(QUIET_MS)
  }

  async #isQuiet(milliseconds: number): Promise<boolean> {
    const before = await this.#ask(cpuMs)
    await sleep(milliseconds)
    return (await this.#ask(cpuMs)) - before < (QUIET_CPU_MS * milliseconds) / QUIET_MS
  }

  /** What the kernel knows of its process; throws how it ended where there is none any more. */
  async #ask<T>(read: (pid: number) => T): Promise<T> {
    this.mustRun()
    try {
      return read(this.pid)
    } catch (error) {
      // It has just ended, and its last words are on their way.
      await Promise.race([this.#ended, sleep(1000)])
      await sleep(100)
      this.mustRun()
      throw error
    }
  }

  get cpu(): number {
    return cpuMs(this.pid)
  }

  get memory(): { now: number; peak: number } {
    return memoryMb(this.pid)
  }

  async end(): Promise<void> {
    const insist = setTimeout(() => this.child.kill('SIGKILL'), 20_000)
    this.child.kill('SIGINT')
    await this.#ended
    clearTimeout(insist)
    // What a `cat` still has on its way.
    await sleep(200)
  }

  /** Rows in the file that match, as grep -E does it; the file is gone then, since a disk does not hold those of many rounds. */
  takeRows(pattern: string): number {
    try {
      return Number(execFileSync('grep', ['-acE', pattern, this.#file], { encoding: 'utf8' }))
    } catch {
      return 0
    } finally {
      rmSync(this.#folder, { recursive: true })
    }
  }

  mustRun(): void {
    const { exitCode, signalCode } = this.child
    if (exitCode !== null || signalCode !== null)
      throw new Error(
        `ended by itself (${signalCode ?? exitCode}): ${this.#said.trim().split('\n').slice(0, 3).join(' / ').slice(0, 300)}`,
      )
  }
}
