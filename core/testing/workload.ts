// The known workloads (test/workloads/*.c) as tests run them.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

export interface WorkloadOptions {
  /** Runs it as this user. */
  uid?: number
  cwd?: string
  /** Words before the command that become it without a process more, such as `unshare -n`. */
  before?: readonly string[]
}

/** A workload that waits, before its first open, until it is told to go. */
export class HeldWorkload {
  readonly #child: ChildProcess
  #stdout = ''
  readonly #ready: Promise<void>
  readonly #ended: Promise<number>

  constructor(name: string, args: readonly string[], { before = [], ...options }: WorkloadOptions = {}) {
    const [file = '', ...words] = [...before, fileOf(name), '--wait', ...args]
    this.#child = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'], ...options })
    // One that a failed test leaves behind does not keep the tests from ending; the test's own time limit does that.
    this.#child.unref()
    for (const stream of [this.#child.stdin, this.#child.stdout] as (Socket | null)[]) stream?.unref()
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
    this.#ready = new Promise((resolve, reject) => {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.#stdout += text
        if (this.#stdout.includes('\n')) resolve()
      })
      void this.#ended.then(
        (status) => reject(new Error(`${name} ended with ${status} before it was ready`)),
        reject,
      )
    })
    this.#ready.catch(() => {})
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** What it has said so far. */
  get said(): string {
    return this.#stdout
  }

  /** Resolves once it waits. */
  async ready(): Promise<this> {
    await this.#ready
    return this
  }

  /** Lets it go; resolves at its end with its exit status and what it said after `ready`. */
  async run(): Promise<{ status: number; lines: string[] }> {
    await this.#ready
    this.#child.stdin?.end('\n')
    const status = await this.#ended
    return { status, lines: this.#stdout.split('\n').slice(1, -1) }
  }
}

/** Starts a workload and waits until it is ready. */
export async function holdWorkload(
  name: string,
  args: readonly string[],
  options?: WorkloadOptions,
): Promise<HeldWorkload> {
  return await new HeldWorkload(name, args, options).ready()
}

/** An empty file in memory: on the guest's shared root an open costs a millisecond. */
export function quickFile(): string {
  const path = join(quickFolder(), 'file')
  writeFileSync(path, '')
  return path
}

/** A workload's program in memory, for the same reason. */
export function quickProgram(name: string): string {
  const path = join(quickFolder(), name)
  copyFileSync(fileOf(name), path)
  chmodSync(path, 0o755)
  return path
}

function quickFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quick-'))
  chmodSync(folder, 0o755)
  return folder
}

function fileOf(name: string): string {
  return new URL(`../../test/workloads/${process.arch}/${name}`, import.meta.url).pathname
}
