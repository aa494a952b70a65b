// npm run soak: tools under load while things go wrong around them, in a guest. A table here, JSON beside it with --out.
import { writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { DISKS } from '../disks.js'
import { runInGuest } from '../vm/run-in-guest.js'
import { buildWorkloads } from '../workloads.js'
import { formatReport, type Report } from './report.js'

/** To boot, and to start and end what lives through all of it. */
const MARGIN_MS = 600_000

const usage = `npm run soak -- [--minutes N] [--kernel NAME] [--seed S] [--out FILE]

N minutes (30) on a kernel (6.1; as in npm run vm). The same seed makes the same choices. --out: the report as JSON.
Exits with 1 if anything was not as promised.
`
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    kernel: { type: 'string', default: '6.1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(usage)
else process.exitCode = await run()

async function run(): Promise<number> {
  buildWorkloads()
  console.error(`seed ${values.seed}`)
  let said = ''
  const { status } = await runInGuest({
    kernel: values.kernel,
    command: [
      process.execPath,
      new URL('in-guest.js', import.meta.url).pathname,
      values.minutes,
      values.seed,
    ],
    stdout: new Writable({
      write(chunk: Buffer, _encoding, done) {
        said += chunk.toString('utf8')
        done()
      },
    }),
    timeoutMs: Number(values.minutes) * 60_000 + MARGIN_MS,
    disks: DISKS,
  })
  if (said === '') return 1
  if (values.out !== undefined) writeFileSync(values.out, said)
  process.stdout.write(formatReport(JSON.parse(said) as Report))
  return status === 0 ? 0 : 1
}
