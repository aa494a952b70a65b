// A tool that runs, with a pipe for its rows that can be blocked, and what it has shown so far.
import { isPreemptible } from '../../core/bpf/skips.js'
import { memoryMb } from '../../bench/proc.js'
import { type Ended, parseClosing, type RunningTool, startTool } from '../../core/testing/tool.js'
import { Pipe } from './pipe.js'
import type { SubjectTool } from './subjects.js'

/** Done: exactly what a tool promises of its end. */
export interface Sum {
  /** Events that its rows stand for. */
  seen: number
  lost: number
}

export class Tracer {
  readonly tool: SubjectTool
  /** Resident memory in MB, as it was sampled. */
  readonly memory: number[] = []
  shown = 0
  lines = 0
  readonly #running: RunningTool
  readonly #pipe: Pipe

  private constructor(tool: SubjectTool, running: RunningTool, pipe: Pipe) {
    this.tool = tool
    this.#running = running
    this.#pipe = pipe
  }

  /** Resolves once it traces. `args`: besides the tool's own. */
  static async start(tool: SubjectTool, args: readonly string[] = []): Promise<Tracer> {
    const rows: { take(line: string): void } = { take: () => {} }
    const pipe = await Pipe.open((line) => rows.take(line))
    const stdio = ['ignore' as const, pipe.writer, 'pipe' as const]
    try {
      const tracer = new Tracer(tool, await startTool(tool.name, [...tool.args, ...args], { stdio }), pipe)
      rows.take = (line) => {
        tracer.lines++
        tracer.shown += tool.count(line)
      }
      return tracer
    } finally {
      pipe.closeWriter()
    }
  }

  get runs(): boolean {
    const { exitCode, signalCode } = this.#running.child
    return exitCode === null && signalCode === null
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.child.kill(signal)
  }

  block(): void {
    this.#pipe.block()
  }

  unblock(): void {
    this.#pipe.unblock()
  }

  sample(): void {
    this.memory.push(memoryMb(this.#running.pid).now)
  }

  /** Ends it, and waits for the last of its rows. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    const ended = await this.#running.stop(signal)
    await this.#pipe.ended
    return ended
  }

  /** Ends it as its user would; `breach` is told what is not as promised. */
  async finish(made: number, breach: (what: string) => void): Promise<Sum> {
    const { status, stderr } = await this.stop()
    if (status !== 0) breach(`ended with ${status}: ${stderr}`)
    const { lost } = parseClosing(stderr)
    const seen = this.shown
    // Where a kernel preempts inside programs it skips them for others: of whoever else these may be (filters are part of
    // the programs), each counts as lost; or the tool has said that it cannot count them.
    const uncounted = /some calls .*may be missed and not counted/.test(stderr)
    const [least, most] = [uncounted ? 0 : made - lost, isPreemptible() || uncounted ? made : made - lost]
    if (seen < least || seen > most) breach(`${seen} seen + ${lost} lost of ${made} made`)
    return { seen, lost }
  }
}
