// Feeds many inputs to what reads anybody's words and bytes: each must be answered, soon, in little memory, by a result
// or by the one error that is documented.
import * as fc from 'fast-check'
import { getHeapStatistics } from 'node:v8'
import type { AddTest } from './suite.js'

/** Inputs a test; `npm run fuzz` takes more. The same seed makes the same inputs. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 4000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 6)

/** An input may take so much CPU, of several attempts the least: what is compiled or collected meanwhile is in it. */
const LIMIT_MS = 100
const ATTEMPTS = 3
/** An input may take so much memory, whatever it says of itself. */
const LIMIT_BYTES = 64 << 20

/** A day: how long it may take all together is for whoever runs it to say. */
const LIMIT = 86_400_000

type ErrorClass = abstract new (...args: never[]) => Error

/** Reads an input, and returns or throws. */
type Read<T> = (input: T) => unknown

export interface FuzzOptions {
  /** The part of all inputs that this test has, where one takes long. */
  share?: number
}

/** Adds a test. `Allowed`: the only error that an input may be answered with, no kind of it. */
export function fuzz<T>(
  test: AddTest,
  name: string,
  inputs: fc.Arbitrary<T>,
  Allowed: ErrorClass,
  read: Read<T>,
  { share = 1 }: FuzzOptions = {},
): void {
  const numRuns = Math.ceil(INPUTS * share)
  const property = fc.asyncProperty(inputs, async (input) => {
    for (let attempt = 1; ; attempt++) {
      const { milliseconds, bytes } = await measure(input, read, Allowed)
      if (bytes > LIMIT_BYTES) throw new Error(`takes ${bytes >> 20} MB`)
      if (milliseconds <= LIMIT_MS) return
      if (attempt === ATTEMPTS) throw new Error(`takes ${milliseconds.toFixed(0)} ms`)
    }
  })
  const body = async (): Promise<void> => {
    const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
      numRuns,
      seed: SEED,
    })
    if (!failed) return
    const shown = fc.stringify(counterexample).slice(0, 500)
    throw new Error(`seed ${SEED}, path ${counterexamplePath}: ${String(errorInstance)} of ${shown}`, {
      cause: errorInstance,
    })
  }
  test(name, body, { limit: LIMIT })
}

async function measure<T>(
  input: T,
  read: Read<T>,
  Allowed: ErrorClass,
): Promise<{ milliseconds: number; bytes: number }> {
  const before = taken()
  const began = process.cpuUsage()
  try {
    const result = read(input)
    if (result instanceof Promise) await result
  } catch (error) {
    if ((error as Error | undefined)?.constructor !== Allowed) throw error
  }
  const { user, system } = process.cpuUsage(began)
  return { milliseconds: (user + system) / 1000, bytes: taken() - before }
}

/** Bytes that JavaScript has now; what was collected meanwhile is no matter. */
function taken(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}
