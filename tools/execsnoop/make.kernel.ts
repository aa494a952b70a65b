// execsnoop with make and a shell script: a known number of programs, and the kernel's own count of processes.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectAccount, promiseOf } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, runProgram, runTool } from '../../core/testing/tool.js'
import { execsnoop } from './execsnoop.js'

type Row = NonNullable<(typeof execsnoop)['row']>

const TARGETS = 7

/** Each target starts two programs and a shell that runs them: neither program can take the shell's place. */
const MAKEFILE = `
all: ${Array.from({ length: TARGETS }, (_, i) => `target-${i}`).join(' ')}
target-%:
	@/bin/true $@; /bin/false $@; :
`

/** Forks since boot, threads included. */
const forks = (): number => Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])

/** The rows of what the command executes, `made` of them; undefined where the kernel skipped some, and they are counted. */
async function trace(made: number, ...command: string[]): Promise<Row[] | undefined> {
  const { status, stdout, stderr } = await runTool('execsnoop', ['--json', '--exec', ...command])
  const rows = parseRows<Row>(stdout)
  assert.is(status, 0, stderr)
  const { events, lost } = parseClosing(stderr)
  assert.is(events, rows.length)
  const [first] = execsnoop.hooks[0]?.variants ?? []
  const promise = promiseOf(execsnoop.hooks, first?.name ?? '')
  expectAccount(promise, events, lost, made)
  if (promise === 'lossless') assert.is(lost, 0)
  return lost === 0 ? rows : undefined
}

/** How many rows of each program. */
function tally(rows: readonly Row[]): Record<string, number> {
  const programs = rows.map(({ file }) => file.split('/').at(-1) ?? '')
  return Object.fromEntries(
    [...new Set(programs)].map((name) => [name, programs.filter((one) => one === name).length]),
  )
}

suite('execsnoop --exec', (test) => {
  test('make, with jobs at the same time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'make-'))
    writeFileSync(join(folder, 'Makefile'), MAKEFILE)
    const made = 1 + 3 * TARGETS
    const rows = await trace(made, 'make', '-s', '-j', '3', '-C', folder, 'SHELL=/bin/sh')
    if (rows === undefined) return
    assert.equal(tally(rows), { make: 1, sh: TARGETS, true: TARGETS, false: TARGETS })
    const make = rows[0]?.pid
    for (let i = 0; i < TARGETS; i++) {
      const started = rows.filter(({ args }) => args.at(-1) === `target-${i}`)
      assert.equal(
        started.map(({ comm }) => comm),
        ['true', 'false'],
      )
      const shell = rows.find(({ pid }) => pid === started[0]?.ppid)
      assert.equal([shell?.ppid, started[1]?.ppid], [make, shell?.pid])
    }
  })

  test('a shell script: as many programs as the kernel counts new processes', async () => {
    const script = 'for i in $(seq 23); do /bin/true $i; done'
    const counts: number[] = []
    for (let tries = 0; tries < 2; tries++) {
      const before = forks()
      await runProgram(['sh', '-c', script])
      counts.push(forks() - before)
    }
    const made = 1 + 1 + 23
    // Threads of the kernel count as well, and now and then it starts one.
    assert.is(Math.min(...counts), made, counts.join(', '))
    const rows = await trace(made, 'sh', '-c', script)
    if (rows !== undefined) assert.equal(tally(rows), { sh: 1, seq: 1, true: 23 })
  })
})
