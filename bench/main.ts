// npm run bench: snoopkit and its peers side by side in a guest, as a table here and as JSON and Markdown in bench/results/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { DISKS } from '../test/disks.js'
import { abortOnSignals } from '../test/vm/abort-on-signals.js'
import { prepareHeaders } from '../test/vm/headers.js'
import { findKernel } from '../test/vm/kernels.js'
import { runInGuest } from '../test/vm/run-in-guest.js'
import { say } from '../test/vm/say.js'
import { buildWorkloads } from '../test/workloads.js'
import { cases, chooseCases } from './cases.js'
import { keptOf, type Line, type Results } from './result.js'
import { tablesOf } from './table.js'

const LIMIT_MS = 4 * 3_600_000

const usage = `npm run bench -- [--kernel NAME]… [--only CASE]… [--with CONTESTANT]… [--rounds N] [--out FOLDER]

Cases: ${cases.map(({ name, slow }) => (slow === true ? `${name} (only by name)` : name)).join(', ')}.
An --only is the beginning of a name, a --with that of a contestant's. Kernels: as in npm run vm; default 6.1 and newest.
`
const { values } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true, default: ['6.1', 'newest'] },
    only: { type: 'string', multiple: true, default: [] },
    with: { type: 'string', multiple: true, default: [''] },
    rounds: { type: 'string', default: '5' },
    out: { type: 'string', default: new URL('../../bench/results', import.meta.url).pathname },
    help: { type: 'boolean', default: false },
  },
})

const aborter = abortOnSignals()

if (values.help) process.stdout.write(usage)
else {
  chooseCases(values.only)
  buildWorkloads()
  for (const kernel of values.kernel) if (!aborter.signal.aborted) await measure(kernel)
}

async function measure(kernel: string): Promise<void> {
  const name = findKernel(kernel).names[0] as string
  const results: Results = {
    machine: `${cpus().length} CPUs, ${cpus()[0]?.model ?? 'unknown'}`,
    kernel: name,
    versions: {},
    when: {},
    samples: [],
    missing: [],
  }
  const script = new URL('in-guest.js', import.meta.url).pathname
  const headers = await headersOf(kernel)
  const command = [process.execPath, script, values.rounds, values.with.join(), headers, ...values.only]
  const stdout = linesInto(results, earlierOf(name), () => keep(name, results))
  const { signal } = aborter
  try {
    const { status } = await runInGuest({
      kernel,
      command,
      stdout,
      timeoutMs: LIMIT_MS,
      disks: DISKS,
      signal,
    })
    if (status !== 0) process.exitCode = 1
  } catch (error) {
    if (!signal.aborted) throw error
  }
  // A signal ends it early; what was measured by then is kept.
  process.stdout.write(`${keep(name, results)}\n`)
}

/** What bcc compiles against; empty where there is none, and bcc is left out. */
async function headersOf(kernel: string): Promise<string> {
  try {
    return await prepareHeaders(kernel, { architecture: 'x64', report: say, signal: aborter.signal })
  } catch (error) {
    say(`no headers for bcc: ${error instanceof Error ? error.message : String(error)}`)
    return ''
  }
}

function earlierOf(kernel: string): Results | undefined {
  const file = `${values.out}/${kernel}.json`
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined
}

/** Writes what there is so far; returns the tables. */
function keep(kernel: string, results: Results): string {
  const markdown = `${describe(results)}\n${tablesOf(results, cases)}`
  if (results.samples.length + results.missing.length === 0) return markdown
  mkdirSync(values.out, { recursive: true })
  const file = `${values.out}/${kernel}`
  writeFileSync(`${file}.json`, `${JSON.stringify(results, undefined, 1)}\n`)
  writeFileSync(`${file}.md`, markdown)
  return markdown
}

function linesInto(results: Results, earlier: Results | undefined, onLines: () => void): Writable {
  let cut = ''
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = (cut + chunk.toString('utf8')).split('\n')
      cut = lines.pop() ?? ''
      for (const line of lines) take(results, earlier, JSON.parse(line) as Line)
      if (lines.length > 0) onLines()
      done()
    },
  })
}

function take(results: Results, earlier: Results | undefined, line: Line): void {
  if (line.is === 'machine') {
    const { kernel, versions } = line
    const measured = new Set(chooseCases(values.only).map(({ name }) => name))
    Object.assign(results, { kernel, versions }, keptOf(earlier, { ...results, kernel, versions }, measured))
    return
  }
  results.when[line.case] = new Date().toISOString().slice(0, 10)
  if (line.is === 'sample') results.samples.push(line)
  else results.missing.push(line)
}

function describe({ machine, kernel, versions }: Results): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `## Linux ${kernel}`,
    '',
    `QEMU guest with 2 CPUs on ${machine}; ${named.join(', ')}.`,
    'Medians of rounds in which each had its turn; only what is in one line can be compared.',
    '',
  ].join('\n')
}
