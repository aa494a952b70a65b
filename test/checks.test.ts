// What is generated is what is committed; what the linter and the formatters say.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../core/root.js'
import { assert, skipped, suite } from '../core/testing/suite.js'

const root = fileURLToPath(packageRoot())

/** Runs one of the project's commands; its output is the message of a failure. */
function mustPass(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
}

const script = (name: string): string => `node_modules/.bin/${name}`

/** The first of these commands that is the wanted version. */
function findVersion(commands: readonly string[], version: string): string | undefined {
  return commands.find((command) =>
    spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.includes(version),
  )
}

suite('checks', (test) => {
  test('linter', () => mustPass(script('oxlint'), []))
  test('formatter of TypeScript', () => mustPass(script('prettier'), ['--check', '--log-level=warn', '.']))

  test('formatter of C', () => {
    const clangFormat = findVersion(['clang-format-14', 'clang-format'], 'version 14.')
    if (clangFormat === undefined) return skipped('there is no clang-format 14')
    const files = execFileSync('git', ['ls-files', '*.c', '*.cc', '*.h'], { cwd: root, encoding: 'utf8' })
    mustPass(clangFormat, ['--dry-run', '--Werror', ...files.split('\n').filter((file) => file !== '')])
  })

  test('BPF objects and skeletons are what their sources make', () => {
    if (findVersion(['clang-14', 'clang'], 'version 14.') === undefined)
      return skipped('there is no clang 14')
    if (!existsSync('/usr/sbin/bpftool')) return skipped('there is no bpftool')
    mustPass(process.execPath, ['dist/scripts/build-bpf.js', '--check'])
  })

  test('the tables in the READMEs are what the declarations say', () =>
    mustPass(process.execPath, ['dist/scripts/build-docs.js', '--check']))

  test('package.json names a command for every tool', () => {
    const { bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { bin: Record<string, string> }
    const tools = readdirSync(`${root}tools`)
    assert.equal(Object.keys(bin).toSorted(), tools.toSorted())
    for (const tool of tools) assert.is(bin[tool], `dist/bin/${tool}.js`)
  })
})
