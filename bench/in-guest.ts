// In the guest: every case in rounds, in each of which every contestant gets its turn.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { chooseCases } from './cases.js'
import { peers, snoopkit } from './contestant.js'
import type { Line } from './result.js'

const [rounds = '5', names = '', headers = '', ...wanted] = process.argv.slice(2)
const isWanted = (contestant: string): boolean => names.split(',').some((name) => contestant.startsWith(name))
const tell = (line: Line): void => console.log(JSON.stringify(line))

// A workload by itself keeps no process waiting for it.
const awake = setInterval(() => {}, 60_000)
offerHeaders()
execFileSync('modprobe', ['nvme'])
tell({
  is: 'machine',
  kernel: release(),
  versions: Object.fromEntries([snoopkit(), ...peers].map((one) => [one.name, one.version()])),
})
for (const one of chooseCases(wanted)) {
  const out = new Set<string>()
  const leaveOut = (contestant: string, why: string): void => {
    out.add(contestant)
    tell({ is: 'missing', case: one.name, contestant, why })
  }
  const contestants = one.contestants.filter(({ name }) => isWanted(name))
  for (const contestant of contestants) {
    const why = one.missing?.(contestant)
    if (why !== undefined) leaveOut(contestant.name, why)
  }
  for (let round = 0; round < Math.min(Number(rounds), one.rounds ?? Infinity); round++) {
    // Each is first in turn: what comes first finds caches cold.
    const order = contestants.map((_, index) => contestants[(index + round) % contestants.length])
    for (const contestant of order) {
      if (contestant === undefined || out.has(contestant.name)) continue
      console.error(`${one.name} ${round + 1}: ${contestant.name}`)
      try {
        const sample = await one.run(contestant)
        tell({ is: 'sample', case: one.name, contestant: contestant.name, round, sample })
      } catch (error) {
        leaveOut(contestant.name, error instanceof Error ? error.message : String(error))
      }
    }
  }
}
clearInterval(awake)

/** bcc looks for headers beside the modules. */
function offerHeaders(): void {
  if (headers === '') return
  const modules = `/lib/modules/${release()}`
  for (const folder of ['upper', 'work']) mkdirSync(`/tmp/modules/${folder}`, { recursive: true })
  const layers = `lowerdir=${modules},upperdir=/tmp/modules/upper,workdir=/tmp/modules/work`
  execFileSync('mount', ['-t', 'overlay', '-o', layers, 'modules', modules])
  for (const name of readdirSync(headers))
    symlinkSync(join(headers, name), `${modules}/${name.endsWith('-common') ? 'source' : 'build'}`)
}
