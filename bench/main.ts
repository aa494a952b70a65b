// npm run bench: snoopkit and its peers side by side in a guest, as a table here and as JSON and Markdown in bench/results/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { findKernel } from '../test/vm/kernels.js'
import { runInGuest } from '../test/vm/run-in-guest.js'
import { buildWorkloads } from '../test/workloads.js'
import { cases, chooseCases } from './cases.js'
import type { Line, Results } from './result.js'
import { tablesOf } from './table.js'

const LIMIT_MS = 4 * 3_600_000

const usage = `npm run bench -- [--kernel NAME]… [--only CASE]… [--rounds N] [--out FOLDER]

Cases: ${cases.map(({ name, slow }) => (slow === true ? `${name} (only by name)` : name)).join(', ')}.
An --only is the beginning of a name. Kernels: as in npm run vm; default 6.1 and newest.
`
const { values } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true, default: ['6.1', 'newest'] },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    out: { type: 'string', default: new URL('../../bench/results', import.meta.url).pathname },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(usage)
else {
  chooseCases(values.only)
  buildWorkloads()
  for (const kernel of values.kernel) await measure(kernel)
}

async function measure(kernel: string): Promise<void> {
  const results: Results = {
    when: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} CPUs, ${cpus()[0]?.model ?? 'unknown'}`,
    kernel: findKernel(kernel).names[0] as string,
    versions: {},
    samples: [],
    missing: [],
  }
  const script = new URL('in-guest.js', import.meta.url).pathname
  const command = [process.execPath, script, values.rounds, ...values.only]
  const stdout = linesInto(results, () => keep(kernel, results))
  const { status } = await runInGuest({ kernel, command, stdout, timeoutMs: LIMIT_MS })
  process.stdout.write(`${keep(kernel, results)}\n`)
  if (status !== 0) process.exitCode = 1
}

/** Writes what there is so far; returns the tables. */
function keep(kernel: string, results: Results): string {
  const markdown = `${describe(results)}\n${tablesOf(results, cases)}`
  mkdirSync(values.out, { recursive: true })
  const file = `${values.out}/${kernel}`
  writeFileSync(`${file}.json`, `${JSON.stringify(results, undefined, 1)}\n`)
  writeFileSync(`${file}.md`, markdown)
  return markdown
}

function linesInto(results: Results, onLines: () => void): Writable {
  let cut = ''
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = (cut + chunk.toString('utf8')).split('\n')
      cut = lines.pop() ?? ''
      for (const line of lines) take(results, JSON.parse(line) as Line)
      if (lines.length > 0) onLines()
      done()
    },
  })
}

function take(results: Results, line: Line): void {
  if (line.is === 'sample') results.samples.push(line)
  else if (line.is === 'missing') results.missing.push(line)
  else Object.assign(results, { kernel: line.kernel, versions: line.versions })
}

function describe({ when, machine, kernel, versions }: Results): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `## Linux ${kernel}`,
    '',
    `${when}, QEMU guest with 2 CPUs on ${machine}; ${named.join(', ')}.`,
    'Medians; only what is in one line can be compared.',
    '',
  ].join('\n')
}
