// writesnoop on a real kernel: each write, how much, where in which file, and what.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectAccount, hasFewReturnProbes, promiseOf } from '../../core/testing/promise.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseRows, startTool } from '../../core/testing/tool.js'
import { traceBeside } from '../../core/testing/watch.js'
import { type HeldWorkload, holdWorkload } from '../../core/testing/workload.js'
import { writesnoop } from './writesnoop.js'

type Row = NonNullable<(typeof writesnoop)['row']>

const COUNT = 101
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
const operations = ['write', 'writev', 'append', 'pipe', 'full', 'sync_write']
const counted = Array.from({ length: COUNT }, (_, i) => i)

for (const { name: variant } of writesnoop.hooks[0]?.variants ?? []) {
  const promise = promiseOf(writesnoop.hooks, variant)
  const hook = ['--hook', variant]
  suite(`writesnoop through ${variant} (${promise} here)`, (test) => {
    const hold = async (...words: string[]): Promise<{ load: HeldWorkload; file: string }> => {
      const file = join(mkdtempSync(join(tmpdir(), 'writes-')), 'file')
      return { load: await holdWorkload('files', [String(COUNT), file, ...words]), file }
    }

    test('every write, by each way there is', async () => {
      const { load, file } = await hold(...operations)
      const { rows, lost } = await traceBeside<Row>(writesnoop, ['--contents', '50', ...hook], load)
      // And what the workload says at its end.
      expectAccount(promise, rows.length, lost, operations.length * COUNT + 1)
      assert.ok(rows.every(({ comm, pid, tid }) => comm === 'files' && pid === load.pid && tid === pid))
      if (promise !== 'lossless' || hasFewReturnProbes) return
      const part = (operation: string): Row[] => {
        const at = operations.indexOf(operation) * COUNT
        return rows.slice(at, at + COUNT)
      }
      const shown = (found: Row[]): unknown[] =>
        found.map(({ bytes, offset, err, file: name }) => [bytes, offset, err, name])
      const inPlaces = counted.map((i) => [100 + i, 512 * i, 0, file])
      for (const operation of ['write', 'writev', 'sync_write'])
        assert.equal(shown(part(operation)), inPlaces, operation)
      let end = 512 * COUNT + 1024
      assert.equal(
        shown(part('append')),
        counted.map((i) => [100 + i, (end += 100 + i) - 100 - i, 0, file]),
      )
      assert.ok(
        part('pipe').every(
          ({ bytes, offset, file: name }, i) =>
            bytes === 100 + i && offset === null && /^pipe:\[\d+\]$/.test(name),
        ),
      )
      assert.ok(
        part('full').every(
          ({ bytes, offset, error, file: name }) =>
            bytes === 0 && offset === null && error === 'ENOSPC' && name === '/dev/full',
        ),
      )
      // The alphabet over and over; a writev's second part begins where its first one ends.
      const written = ALPHABET.repeat(2).slice(0, 50)
      for (const operation of ['write', 'writev', 'append', 'pipe'])
        assert.ok(
          part(operation).every(({ contents }) => contents === written),
          operation,
        )
      assert.equal(new Set(part('full').map(({ contents }) => contents ?? null)), new Set([null]))
    })

    test('failed ones only, and large ones only', async () => {
      for (const [words, expected] of [
        [['-x'], COUNT],
        // From the 51st on.
        [['-m', '151'], 3 * (COUNT - 51)],
      ] as const) {
        const { load, file } = await hold('write', 'writev', 'append', 'full')
        const { rows, lost } = await traceBeside<Row>(writesnoop, [...words, ...hook], load)
        const found = rows.filter((row) => row.file === file || row.file === '/dev/full')
        expectAccount(promise, found.length, lost, expected)
      }
    })
  })
}

suite('writesnoop itself', (test) => {
  test('does not report what it writes, and a ring that is far too small counts what it loses', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'writes-')), 'file')
    const load = await holdWorkload('files', ['4001', file, 'write'])
    const tool = await startTool('writesnoop', ['--json', '-b', '1'])
    await load.run()
    const { stdout, stderr } = await tool.stop()
    const rows = parseRows<Row>(stdout)
    assert.ok(rows.every(({ pid }) => pid !== tool.pid))
    const { lost } = /, (?<lost>\d+) lost/.exec(stderr)?.groups ?? {}
    assert.ok(rows.filter(({ pid }) => pid === load.pid).length + Number(lost) >= 4001)
    assert.ok(Number(lost) > 0)
  })
})
