// npm run new-tool, in a copy of the checkout: what it makes compiles, passes its tests, and reads as the rest does.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../../core/root.js'
import { assert, skipped, suite } from '../../core/testing/suite.js'
import { findBpfTools } from '../toolchain.js'

const root = fileURLToPath(packageRoot())
const shapes = ['events', 'intervals']

/** All that git knows or would, what was built but man pages (another test may be writing those), and the packages. */
function copyCheckout(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed.split('\n').filter((file) => file !== '' && existsSync(root + file))
  const filter = (from: string): boolean => from !== `${root}dist/man`
  for (const path of [...files, 'dist', 'prebuilds'])
    cpSync(root + path, join(to, path), { recursive: true, filter })
  symlinkSync(`${root}node_modules`, join(to, 'node_modules'))
}

suite('new-tool', (test) => {
  test('a tool of each shape', () => {
    const commands = findBpfTools()
    if (typeof commands === 'string') return skipped(commands)
    const copy = mkdtempSync(join(tmpdir(), 'new-tool-'))
    const run = (command: string, ...args: string[]): { status: number | null; said: string } => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' })
      return { status, said: stdout + stderr }
    }
    const mustRun = (command: string, ...args: string[]): void => {
      const { status, said } = run(command, ...args)
      assert.is(status, 0, said)
    }
    try {
      copyCheckout(copy)
      for (const shape of shapes) {
        const name = `scratch_${shape}`
        mustRun('node', 'dist/scripts/new-tool.js', name, shape)
        mustRun('node', `dist/tools/${name}/${name}.test.js`)
        mustRun('node', `dist/bin/${name}.js`, '--help')
        const { status, said } = run('node', 'dist/scripts/new-tool.js', name, shape)
        assert.is(status, 2)
        assert.match(said, `new-tool: bpf-src/${name}.bpf.c is there already`)
      }
      mustRun('node_modules/.bin/oxlint', '--deny-warnings', 'tools')
      mustRun(
        'node_modules/.bin/prettier',
        '--check',
        ...shapes.map((shape) => `tools/scratch_${shape}`),
        'package.json',
      )
      mustRun('node', 'dist/scripts/build-docs.js', '--check')
      const { bin } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as { bin: object }
      for (const shape of shapes) assert.ok(`scratch_${shape}` in bin)
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  test('names that are none', () => {
    for (const words of [[], ['Foo'], ['../x'], ['foo', 'stacks'], ['foo', 'events', 'more']])
      assert.is(spawnSync('node', [`${root}dist/scripts/new-tool.js`, ...words]).status, 2)
  })
})
