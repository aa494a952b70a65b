// opensnoop with git: a clone writes every file of the new work tree.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, runProgram, runTool } from '../../core/testing/tool.js'
import type { opensnoop } from './opensnoop.js'

type Row = NonNullable<(typeof opensnoop)['row']>

const FOLDERS = 7
const FILES = 29

/** Names below the work tree, some of them unusual. */
const names = Array.from({ length: FOLDERS }, (_, folder) =>
  Array.from(
    { length: FILES },
    (__, file) => `folder ${folder}/${file === 0 ? 'new\nline' : `file-${file}`}`,
  ),
).flat()

async function git(...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']
  const { status, stderr } = await runProgram(['git', ...identity, ...args])
  assert.is(status, 0, stderr)
}

suite('opensnoop --exec git clone', (test) => {
  test('every file of the new work tree, created once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'git-'))
    const [from, to] = [join(folder, 'from'), join(folder, 'to')]
    await git('init', '-q', from)
    for (const name of names) {
      mkdirSync(join(from, name, '..'), { recursive: true })
      writeFileSync(join(from, name), name)
    }
    await git('-C', from, 'add', '.')
    await git('-C', from, 'commit', '-q', '-m', 'all')
    const args = ['--json', '-F', '-f', 'O_CREAT', '--exec', 'git', 'clone', '-q', from, to]
    const { status, stdout, stderr } = await runTool('opensnoop', args)
    const rows = parseRows<Row>(stdout)
    assert.is(status, 0, stderr)
    assert.equal(parseClosing(stderr), { events: rows.length, lost: 0 })
    const created = rows
      .filter(({ err, path }) => err === 0 && path.startsWith(`${to}/folder `))
      .map(({ path }) => path.slice(to.length + 1))
    assert.equal(created.toSorted(), names.toSorted())
    assert.ok(rows.some(({ path }) => path.startsWith(`${to}/.git/`)))
  })
})
