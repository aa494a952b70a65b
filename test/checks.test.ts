// What is generated is what is committed; what the linter and the formatters say.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'node:path'
import { packageRoot } from '../core/root.js'
import { assert, skipped, suite } from '../core/testing/suite.js'
import { loadTools, UMBRELLA } from '../core/umbrella/tools.js'
import { findBpfTools, findClangFormat } from '../scripts/toolchain.js'

const root = fileURLToPath(packageRoot())

/** Runs one of the project's commands; its output is the message of a failure. */
function mustPass(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
}

const script = (name: string): string => `node_modules/.bin/${name}`

/** What a command loads before it knows what is asked of it: files, and modules of Node that are no small thing. */
function loadedAtStart(file: string): { files: string[]; modules: string[] } {
  const loaded = `{ files: Object.keys(require.cache), modules: process.moduleLoadList }`
  const asked = `require(${JSON.stringify(file)}); JSON.stringify(${loaded})`
  const said = JSON.parse(execFileSync(process.execPath, ['-p', asked], { encoding: 'utf8' })) as {
    files: string[]
    modules: string[]
  }
  const large = /NativeModule (child_process|net|stream|tty|zlib)$/
  return { ...said, modules: said.modules.filter((name) => large.test(name)) }
}

suite('checks', (test) => {
  test('linter', () => mustPass(script('oxlint'), []))
  test('formatter of TypeScript', () => mustPass(script('prettier'), ['--check', '--log-level=warn', '.']))

  test('formatter of C', () => {
    const clangFormat = findClangFormat()
    if (clangFormat === undefined) return skipped('there is no clang-format 14')
    const files = execFileSync('git', ['ls-files', '*.c', '*.cc', '*.h'], { cwd: root, encoding: 'utf8' })
    mustPass(clangFormat, ['--dry-run', '--Werror', ...files.split('\n').filter((file) => file !== '')])
  })

  test('BPF objects and skeletons are what their sources make', () => {
    const commands = findBpfTools()
    if (typeof commands === 'string') return skipped(commands)
    mustPass(process.execPath, ['dist/scripts/build-bpf.js', '--check'])
  })

  test('the tables in the READMEs are what the declarations say', () =>
    mustPass(process.execPath, ['dist/scripts/build-docs.js', '--check']))

  test('package.json names a command and a man page for every tool and the umbrella', () => {
    const { bin, man } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      bin: Record<string, string>
      man: string[]
    }
    const commands = [...readdirSync(`${root}tools`), UMBRELLA].toSorted()
    assert.equal(Object.keys(bin).toSorted(), commands)
    for (const command of commands) {
      assert.is(bin[command], `dist/bin/${command}.js`)
      assert.ok(existsSync(`${root}${bin[command]}`), `${bin[command]} is built`)
    }
    assert.equal(
      man.toSorted(),
      commands.map((command) => `dist/man/${command}.1`),
    )
  })

  test('--version and --help do not wait for what only a run needs', () => {
    for (const command of [...readdirSync(`${root}tools`), UMBRELLA]) {
      const { files, modules } = loadedAtStart(`${root}dist/bin/${command}.js`)
      const expected = command === UMBRELLA ? [command] : [command, 'core']
      assert.equal(
        files.map((file) => parse(file).name),
        expected,
        `${command} reads ${files.join(' ')} at its start`,
      )
      const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
      assert.ok(bytes < 165_000, `${command} has ${bytes} bytes`)
      assert.equal(modules, [])
    }
  })

  test('no two tools are found by the same words alone, and every symptom reads as one', () => {
    const symptoms = loadTools().flatMap((tool) => tool.symptoms)
    assert.is(new Set(symptoms).size, symptoms.length)
    for (const symptom of symptoms) assert.match(symptom, /^[A-Za-z][^.\n]{5,70}$/)
  })
})
