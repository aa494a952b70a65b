// What does not trace: --version and --help.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Case, Sample } from '../case.js'
import type { Contestant } from '../contestant.js'
import { entryOf } from '../../core/testing/tool.js'

const command = (name: string, words: string[]): Contestant => ({
  name,
  command: () => ({ words }),
  missing: () => undefined,
  version: () => '',
})
const bare = command('node -e 0', [process.execPath, '-e', '0'])

/** By the shell's `times`, which includes children that have ended; to a hundredth of a second, so of several runs. */
const RUNS = 5
const SCRIPT = `for i in $(seq ${RUNS}); do "$@" >/dev/null; done; times`

function wordsOf(flag: string, most: number): Case {
  const own = command('snoopkit', [process.execPath, entryOf('opensnoop'), flag])
  return {
    name: flag.slice(2),
    describe: `opensnoop ${flag}`,
    contestants: [own, bare],
    metrics: [
      { name: 'CPU', unit: 'ms', targets: [{ most, of: bare.name }] },
      { name: 'time', unit: 'ms', targets: [{ most, of: bare.name }] },
    ],
    async run(contestant): Promise<Sample> {
      const { words } = contestant.command('opensnoop', false)
      const began = performance.now()
      const child = spawn('bash', ['-c', SCRIPT, '-', ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
      await once(child, 'close')
      // The second line is the children's.
      const spent = said.trim().split('\n').at(-1) ?? ''
      const seconds = [...spent.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
      const cpu = seconds.reduce((sum, one) => sum + one, 0)
      return { CPU: (cpu * 1000) / RUNS, time: (performance.now() - began) / RUNS }
    },
  }
}

export const words = [wordsOf('--version', 1.25), wordsOf('--help', 4)]
