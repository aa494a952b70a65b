// Runs a tool as its user would: a process of its own, its three streams, its exit status.
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { packageRoot } from '../root.js'

export interface Ended {
  /** The exit status; 128 + n after signal n. */
  status: number
  stdout: string
  stderr: string
}

export interface StartOptions {
  /** Words before the command, such as `setpriv …`. */
  before?: readonly string[]
  env?: Readonly<Record<string, string>>
  stdio?: StdioOptions
  cwd?: string
}

/** Tools that a failed test has left behind end with the tests. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A tool that runs; `started` resolves once it is attached (it says so with --verbose). */
export class RunningTool {
  readonly child: ChildProcess
  readonly started: Promise<void>
  readonly ended: Promise<Ended>
  #stdout: Buffer[] = []
  #stderr = ''

  constructor(tool: string, args: readonly string[], options: StartOptions = {}) {
    const [file = '', ...rest] = [...(options.before ?? []), process.execPath, entryOf(tool), ...args]
    this.child = spawn(file, rest, {
      stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
    // The test's own time limit keeps the process alive as long as it is needed.
    for (const stream of [this.child.stdout, this.child.stderr] as (Socket | null)[]) stream?.unref()
    this.child.unref()
    running.add(this.child)
    this.child.stdout?.on('data', (bytes: Buffer) => this.#stdout.push(bytes))
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code, signal) => {
        running.delete(this.child)
        const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
        resolve({ status, stdout: this.stdout, stderr: this.#stderr })
      })
    })
    this.started = new Promise((resolve, reject) => {
      this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.#stderr += text
        if (this.#stderr.includes(': tracing;')) resolve()
      })
      void this.ended.then(({ status, stderr }) =>
        reject(new Error(`ended with ${status} before it traced: ${stderr}`)),
      )
    })
    this.started.catch(() => {})
  }

  get pid(): number {
    return this.child.pid as number
  }

  get stdout(): string {
    return Buffer.concat(this.#stdout).toString('utf8')
  }

  /** Asks it to end, and waits until it has. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.child.kill(signal)
    return await this.ended
  }
}

/** Starts a tool and waits until it traces. */
export async function startTool(
  tool: string,
  args: readonly string[],
  options?: StartOptions,
): Promise<RunningTool> {
  const started = new RunningTool(tool, [...args, '--verbose'], options)
  await started.started
  return started
}

/** Runs a tool to its end. */
export async function runTool(tool: string, args: readonly string[], options?: StartOptions): Promise<Ended> {
  return await new RunningTool(tool, args, options).ended
}

/** Runs any other program to its end. */
export async function runProgram(command: readonly string[], options: { cwd?: string } = {}): Promise<Ended> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr })
    })
  })
}

/** The rows of --json output. */
export function parseRows<T>(stdout: string): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** The closing line's numbers. */
export function parseClosing(stderr: string): { events: number; lost: number } {
  const found = /^\w+: (\d+) events, (\d+) lost$/m.exec(stderr)
  if (found === null) throw new Error(`no closing line in: ${stderr}`)
  return { events: Number(found[1]), lost: Number(found[2]) }
}

/** What the command of that name runs. */
export function entryOf(tool: string): string {
  return new URL(`dist/bin/${tool}.js`, packageRoot()).pathname
}
