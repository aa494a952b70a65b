// npm test: the pure tests here, the kernel tests in a guest on every kernel. The last line counts all.
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { add, type Counts, findSuites, formatCounts, noCounts, parseCounts, runSuites } from './suites.js'
import { kernels } from './vm/kernels.js'
import { runInGuest } from './vm/run-in-guest.js'
import { buildWorkloads } from './workloads.js'

const GUEST_LIMIT_MS = 1_500_000

const { values, positionals } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
    kernel: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
})

const all = !values.unit && !values.kernels && values.kernel.length === 0
let total = noCounts
if (values.unit || all) total = add(total, await testUnits())
if (values.kernels || values.kernel.length > 0 || all) {
  buildWorkloads()
  const wanted = values.kernel.length > 0 ? values.kernel : kernels.map(({ names }) => names[0] as string)
  for (const kernel of wanted) total = add(total, await testKernel(kernel))
}
console.log(formatCounts(total))
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function testUnits(): Promise<Counts> {
  console.log('unit tests')
  return await runSuites(
    findSuites(new URL('../', import.meta.url).pathname, '.test.js', positionals),
    700_000,
  )
}

/** One boot, all kernel tests; a guest that ends without counting is a failure. */
async function testKernel(kernel: string): Promise<Counts> {
  console.log(`\nkernel ${kernel}`)
  let lastLine = ''
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = (lastLine + chunk.toString('utf8')).split('\n')
      lastLine = lines.pop() ?? ''
      for (const line of lines) console.log(line === '' ? '' : `  ${line}`)
      counts = lines.map(parseCounts).findLast((found) => found !== undefined) ?? counts
      done()
    },
  })
  let counts: Counts | undefined
  const script = new URL('in-guest.js', import.meta.url).pathname
  const command = [process.execPath, script, ...positionals]
  try {
    const { status, timedOut } = await runInGuest({ kernel, command, stdout, timeoutMs: GUEST_LIMIT_MS })
    if (timedOut) console.log(`  the guest was ended after ${GUEST_LIMIT_MS / 1000} s`)
    if (counts !== undefined && (status === 0 || counts.failed > 0)) return counts
  } catch (error) {
    console.log(`  ${error instanceof Error ? error.message : String(error)}`)
  }
  return add(counts ?? noCounts, { passed: 0, failed: 1, skipped: 0 })
}
