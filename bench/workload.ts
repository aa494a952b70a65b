// Opens of a file in memory, by threads of one process, as fast as they can or at a rate.
import { spawn } from 'node:child_process'
import { quickFile, quickProgram } from '../core/testing/workload.js'

/** Programs of test/workloads in memory, copied once each. */
const programs = new Map<string, string>()
export function programOf(name: string): string {
  const path = programs.get(name) ?? quickProgram(name)
  programs.set(name, path)
  return path
}

/** What all opens have in their path. */
export const openedPath = quickFile()

/** Runs to its end; how long it took in milliseconds, from the first open on. */
export async function opens(count: number, threads = 1, everyMicros = 0): Promise<number> {
  const rate = everyMicros > 0 ? ['--every', String(everyMicros)] : []
  const args = ['--wait', '--threads', String(threads), ...rate, String(count), openedPath]
  const child = spawn(programOf('opens'), args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const began = performance.now()
  child.stdin.end('\n')
  const status = await ended
  if (status !== 0) throw new Error(`the workload ended with ${String(status)}`)
  return performance.now() - began
}
