// From the command to the first row, and to the first open that is seen at all.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Sample } from '../case.js'
import { peers, snoopkit } from '../contestant.js'
import { touch, Tracer } from '../tracer.js'

const LIMIT_MS = 120_000
const EVERY_MS = 10

export const start: Case = {
  name: 'start',
  describe: 'opensnoop, an open every 10 ms meanwhile',
  contestants: [snoopkit(), ...peers],
  metrics: [
    { name: 'first row', unit: 'ms', target: { most: 1.5, of: 'libbpf-tools' } },
    { name: 'attached', unit: 'ms' },
    { name: 'CPU to first row', unit: 'ms' },
    { name: 'memory then', unit: 'MB' },
  ],
  missing: (contestant) => contestant.missing('opensnoop'),
  async run(contestant): Promise<Sample> {
    const mark = join(mkdtempSync(join(tmpdir(), 'first-')), 'open-')
    const opened: number[] = []
    const began = performance.now()
    const tracer = new Tracer(contestant, 'opensnoop', 'here')
    try {
      let rows = ''
      tracer.child.stdout?.setEncoding('utf8').on('data', (text: string) => (rows += text))
      const first = new RegExp(`${mark}(\\d+)\\b.*\n`)
      let found: RegExpExecArray | null = null
      while ((found = first.exec(rows)) === null) {
        if (performance.now() - began > LIMIT_MS) throw new Error(`no row within ${LIMIT_MS / 1000} s`)
        tracer.mustRun()
        opened.push(performance.now() - began)
        touch(`${mark}${opened.length - 1}`)
        await sleep(EVERY_MS)
      }
      return {
        'first row': performance.now() - began,
        attached: opened[Number(found[1])] as number,
        'CPU to first row': tracer.cpu,
        'memory then': tracer.memory.peak,
      }
    } finally {
      await tracer.end()
    }
  },
}
