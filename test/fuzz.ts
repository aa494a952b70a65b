// npm run fuzz: the tests called *.fuzz.test.ts with many more inputs than npm test gives them.
import { parseArgs } from 'node:util'
import { findSuites, formatCounts, runSuites } from './suites.js'

const DAY_MS = 86_400_000

const usage = `npm run fuzz -- [--inputs N] [--seed S] [WORD…]

N inputs (1000000) to each test; those that take long have a part of them. The same seed (6) makes the same inputs. Words
choose test files by name.
`
const { values, positionals } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '6' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

if (values.help) process.stdout.write(usage)
else {
  process.env['FUZZ_INPUTS'] = values.inputs
  process.env['FUZZ_SEED'] = values.seed
  const folder = new URL('../', import.meta.url).pathname
  const files = findSuites(folder, '.test.js', ['.fuzz.']).filter(
    (file) => positionals.length === 0 || positionals.some((word) => file.includes(word)),
  )
  const counts = await runSuites(files, DAY_MS)
  console.log(formatCounts(counts))
  process.exitCode = counts.failed > 0 ? 1 : 0
}
