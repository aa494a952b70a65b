// Test suites on uvu, in a wrapper that cannot forget to run them, and no test can hang.
import { suite as createSuite } from 'uvu'

export * as assert from 'uvu/assert'

export interface TestOptions {
  /** Longest time it may take, in milliseconds. */
  limit?: number
}

/** Adds a test. */
export type AddTest = (name: string, body: () => void | Promise<void>, options?: TestOptions) => void

/** Generous: a guest without hardware acceleration is slow, and not alone on its machine. */
const DEFAULT_LIMIT = 480_000

/** Defines and runs a suite; one without a test is an error. */
export function suite(name: string, define: (test: AddTest) => void): void {
  const tests = createSuite(name)
  let count = 0
  define((title, body, { limit = DEFAULT_LIMIT } = {}) => {
    count++
    tests(title, () => withinLimit(title, body, limit))
  })
  if (count === 0) throw new Error(`the suite ${name} has no test`)
  tests.run()
}

/** A test that does not apply here is skipped only where a probe of the machine says so; the reason is printed. */
export function skipped(reason: string): void {
  console.log(`  skipped: ${reason}`)
}

async function withinLimit(title: string, body: () => void | Promise<void>, limit: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${title}: not done after ${limit} ms`)), limit)
  })
  try {
    await Promise.race([Promise.resolve().then(body), late])
  } finally {
    clearTimeout(timer)
  }
}
