// Runs test files, each in a process of its own, and counts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 }

/** The sum of two counts. */
export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** `12 passed, 0 failed`, and how many were skipped if any were. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Reads what formatCounts wrote. */
export function parseCounts(line: string): Counts | undefined {
  const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line)
  return found === null
    ? undefined
    : { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) }
}

/** Reads the line that tells of a file: its path below dist/, and its counts. */
export function parseSuiteLine(line: string): { path: string; counts: Counts } | undefined {
  const [, path, text = ''] = /^(?:.*\/)?dist\/(\S+\.js): (.*) \([0-9.]+ s\)$/.exec(line) ?? []
  const counts = parseCounts(text)
  return path === undefined || counts === undefined ? undefined : { path, counts }
}

/**
 * Compiled test files below a folder whose names end so, in alphabetical order; those called *.final.* last. Words choose
 * some by their paths, or with ! leave them out; where none is chosen those called *.slow.* are left out.
 */
export function findSuites(
  folder: string,
  ending: '.test.js' | '.kernel.js',
  words: readonly string[],
): string[] {
  const chosen = words.filter((word) => !word.startsWith('!'))
  const leftOut = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1))
  if (chosen.length === 0) leftOut.push('.slow.')
  const isWanted = (path: string): boolean =>
    (chosen.length === 0 || chosen.some((word) => path.includes(word))) &&
    !leftOut.some((word) => path.includes(word))
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && isWanted(path))
    .map((path) => join(folder, path))
    .toSorted()
    .toSorted((a, b) => Number(a.includes('.final.')) - Number(b.includes('.final.')))
}

/** Runs the files, so many at a time; one that ends badly without a failed test counts as one failure. */
export async function runSuites(
  files: readonly string[],
  limitMs: number,
  { atOnce = 1, say = console.log as (text: string) => void } = {},
): Promise<Counts> {
  return await sumOf(files, atOnce, async (file) => {
    const started = performance.now()
    const counts = await runSuite(file, limitMs, say)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    say(`${relative(process.cwd(), file)}: ${formatCounts(counts)} (${seconds} s)`)
    return counts
  })
}

/** The sum of what each is counted to, so many at a time, in their order. */
export async function sumOf<T>(
  items: readonly T[],
  atOnce: number,
  count: (item: T) => Promise<Counts>,
): Promise<Counts> {
  const left = items.values()
  let total = noCounts
  const takeOver = async (): Promise<void> => {
    // What all of them share is taken from where the last one left it.
    for (const item of left) {
      const counts = await count(item)
      total = add(total, counts)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeOver))
  return total
}

async function runSuite(file: string, limitMs: number, say: (text: string) => void): Promise<Counts> {
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  let late = false
  const timer = setTimeout(() => (late = child.kill('SIGKILL')), limitMs)
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  const counts = countUvu(output)
  const broken = counts === undefined || (status !== 0 && counts.failed === 0)
  if (broken || counts.failed > 0 || counts.skipped > 0) say(output)
  if (status === null) say(`${file}: ended ${late ? `after ${limitMs} ms` : `by ${signal ?? 'a signal'}`}`)
  return broken ? add(counts ?? noCounts, { passed: 0, failed: 1, skipped: 0 }) : counts
}

/** uvu's closing lines, and the wrapper's lines for tests that do not apply to this machine. */
function countUvu(output: string): Counts | undefined {
  const number = (name: string): number =>
    Number(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? Number.NaN)
  const [total, passed] = [number('Total'), number('Passed')]
  if (!(total > 0)) return undefined
  const skipped = output.match(/^ {2}skipped: /gm)?.length ?? 0
  return { passed: passed - skipped, failed: total - passed, skipped }
}
