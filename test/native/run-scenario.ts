// Runs a scenario of scenarios.ts in a process or a worker of its own, and fails unless it ends as it should.
import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { assert } from '../../core/testing/suite.js'
import type { ScenarioName } from './scenarios.js'

const script = new URL('scenarios.js', import.meta.url)
const LIMIT_MS = 50_000

export interface ChildExpectations {
  /** The exit code; 0 if not given. */
  code?: number
  /** What it must write to stderr. */
  stderr?: string | RegExp
  /** Closes the reading end of its stdout once it has written something. */
  endStdout?: boolean
}

/** A process of its own. */
export async function runChild(
  scenario: ScenarioName,
  options: readonly string[] = [],
  { code = 0, stderr, endStdout = false }: ChildExpectations = {},
): Promise<void> {
  const child = spawn(process.execPath, [...options, script.pathname, scenario], { timeout: LIMIT_MS })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
  child.stdout.once('data', () => endStdout && child.stdout.destroy()).resume()
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  )
  assert.is(status ?? signal, code, `${scenario}: ${words}`)
  if (stderr instanceof RegExp) assert.match(words, stderr)
  else if (stderr !== undefined) assert.is(words, stderr)
}

/** A worker thread, terminated from outside once it said it is ready, if so wished. */
export async function runWorker(scenario: ScenarioName, { terminate = false } = {}): Promise<void> {
  const worker = new Worker(script, { argv: [scenario] })
  const timer = setTimeout(() => void worker.terminate(), LIMIT_MS)
  if (terminate) worker.once('message', () => void worker.terminate())
  const code = await new Promise<number>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', resolve)
  })
  clearTimeout(timer)
  assert.is(code, terminate ? 1 : 0, scenario)
}
