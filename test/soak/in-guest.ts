// In the guest: one soak. Prints its report as JSON.
import { soak } from './soak.js'

const [minutes, seed] = process.argv.slice(2).map(Number)
const started = performance.now()
const say = (line: string): void =>
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`)
const report = await soak({ seconds: (minutes as number) * 60, seed: seed as number, say })
console.log(JSON.stringify(report))
process.exitCode = report.breaches.length > 0 ? 1 : 0
