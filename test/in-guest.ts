// Runs the kernel tests on the kernel it finds itself on; started inside the guest. Words choose files by name.
import { findSuites, formatCounts, runSuites } from './suites.js'

const files = findSuites(new URL('../', import.meta.url).pathname, '.kernel.js', process.argv.slice(2))
const counts = await runSuites(files, 900_000)
console.log(formatCounts(counts))
process.exitCode = counts.failed > 0 ? 1 : 0
