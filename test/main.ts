// npm test: the pure tests here, the kernel tests in a guest on every kernel. The last line counts all.
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { DISKS } from './disks.js'
import { Failures, LINES_OF_CRASH } from './failures.js'
import {
  add,
  type Counts,
  findSuites,
  formatCounts,
  noCounts,
  parseCounts,
  parseSuiteLine,
  runSuites,
  sumOf,
} from './suites.js'
import { arm64Root } from './arm64.js'
import { isStaleInt3 } from './stale-int3.js'
import { GuestCrashed } from './vm/errors.js'
import { kernels } from './vm/kernels.js'
import { runInGuest } from './vm/run-in-guest.js'
import { buildWorkloads } from './workloads.js'

const GUEST_LIMIT_MS = 3_000_000
/** Several times what the longest suite takes. */
const SILENCE_MS = 600_000
/** Tests wait as often as they work: two guests at once take little longer than one. */
const GUESTS_AT_ONCE = 2
const UNITS_AT_ONCE = 2

const { values, positionals } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
    kernel: { type: 'string', multiple: true, default: [] },
    arm64: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

/** On arm64 the tools whose programs read registers and arguments, on a kernel with trampolines there (they came with 6.4). */
const ARM64 = {
  kernel: '6.12',
  words: ['opensnoop/opensnoop', 'execsnoop/execsnoop', 'biolatency/biolatency', 'tcpsynbl/tcpsynbl'],
}

const foreign = values.arm64 ? arm64Root() : undefined
const all = !values.arm64 && !values.unit && !values.kernels && values.kernel.length === 0
const failures = new Failures()
let total = noCounts
if (values.unit || all) total = add(total, await testUnits())
if (foreign !== undefined) {
  buildWorkloads(foreign.architecture)
  for (const kernel of values.kernel.length > 0 ? values.kernel : [ARM64.kernel])
    total = add(total, await testKernel(kernel, positionals.length > 0 ? positionals : ARM64.words))
} else if (values.kernels || values.kernel.length > 0 || all) {
  buildWorkloads()
  const wanted = values.kernel.length > 0 ? values.kernel : kernels.map(({ names }) => names[0] as string)
  // What every tool has from core depends on the kernel less than its programs do: the oldest and the newest bound it. What
  // does not depend on it at all is called *.once.*.
  const bounds = new Set([wanted.at(0), wanted.at(-1)])
  const wordsFor = (kernel: string): readonly string[] => {
    if (positionals.length > 0 || kernel === wanted.at(-1)) return positionals
    return bounds.has(kernel) ? ['!.once.'] : ['bpf/addon', 'tools/']
  }
  // Those with the most to do first, so that the guests end together.
  const order = wanted.toSorted((a, b) => Number(bounds.has(b)) - Number(bounds.has(a)))
  const ofKernels = await sumOf(order, GUESTS_AT_ONCE, (kernel) => testKernel(kernel, wordsFor(kernel)))
  total = add(total, ofKernels)
}
if (failures.report() !== '') console.log(failures.report())
console.log(formatCounts(total))
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function testUnits(): Promise<Counts> {
  console.log('unit tests')
  const say = (text: string): void => {
    for (const line of text.split('\n')) failures.look('unit', line)
    console.log(text)
  }
  const files = findSuites(new URL('../', import.meta.url).pathname, '.test.js', positionals)
  return await runSuites(files, 700_000, { atOnce: UNITS_AT_ONCE, say })
}

/**
 * One boot, all kernel tests; a guest that ends without counting is a failure. `guests`: so many at most, where QEMU lets one
 * die or hang: what has not ended by then is tested in the next.
 */
async function testKernel(kernel: string, words: readonly string[], guests = 3): Promise<Counts> {
  const say = (line: string): void => {
    failures.look(kernel, line)
    console.log(`${kernel.padEnd(6)} ${line}`.trimEnd())
  }
  let lastLine = ''
  const silent = new AbortController()
  let silence: NodeJS.Timeout | undefined
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      clearTimeout(silence)
      // Another processor takes its time.
      if (foreign === undefined) silence = setTimeout(() => silent.abort(), SILENCE_MS)
      const lines = (lastLine + chunk.toString('utf8')).split('\n')
      lastLine = lines.pop() ?? ''
      for (const line of lines) {
        say(line)
        const suite = parseSuiteLine(line)
        if (suite !== undefined) ended.set(suite.path, suite.counts)
      }
      counts = lines.map(parseCounts).findLast((found) => found !== undefined) ?? counts
      done()
    },
  })
  let counts: Counts | undefined
  const ended = new Map<string, Counts>()
  const script = new URL('in-guest.js', import.meta.url).pathname
  const command = [foreign?.node ?? process.execPath, script, ...words]
  try {
    const { status, timedOut } = await runInGuest({
      kernel,
      command,
      stdout,
      timeoutMs: GUEST_LIMIT_MS,
      disks: DISKS,
      signal: silent.signal,
      ...(foreign && { foreign }),
    })
    if (timedOut) say(`the guest was ended after ${GUEST_LIMIT_MS / 1000} s`)
    if (counts !== undefined && (status === 0 || counts.failed > 0)) return counts
    if (!timedOut) say('the guest ended by itself')
  } catch (error) {
    const testRest = async (): Promise<Counts> => {
      say('the rest is tested in another guest')
      const rest = [...words, ...[...ended.keys()].map((path) => `!${path}`)]
      return add(sum(ended), await testKernel(kernel, rest, guests - 1))
    }
    // A fault of ours would stop the next ones too.
    if (silent.signal.aborted) {
      say(`the guest said nothing for ${SILENCE_MS / 1000} s (test/stale-int3.ts)`)
      if (guests > 1) return await testRest()
    } else {
      say(error instanceof Error ? error.message : String(error))
    }
    if (error instanceof GuestCrashed) {
      for (const line of error.consoleTail.split('\n').slice(1 - LINES_OF_CRASH)) say(line)
      if (guests > 1 && isStaleInt3(error.consoleTail)) {
        say('QEMU ran an int3 that was not there any more')
        return await testRest()
      }
    }
  } finally {
    clearTimeout(silence)
  }
  return add(sum(ended), { passed: 0, failed: 1, skipped: 0 })
}

function sum(ended: ReadonlyMap<string, Counts>): Counts {
  return [...ended.values()].reduce(add, noCounts)
}
