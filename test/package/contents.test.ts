// What goes into the package, of what is built now; the whole check is `npm run check:package`.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { assert, suite } from '../../core/testing/suite.js'
import { loadTools, toolNames, UMBRELLA } from '../../core/umbrella/tools.js'
import { loadDeclaration } from '../../scripts/declarations.js'
import { writeAlias } from '../../scripts/package/alias.js'
import { sources } from '../../scripts/prebuild/targets.js'
import { dryPack, root } from './packed.js'

const LIMIT_BYTES = 10_000_000
/** Room for the addons, which a clone need not have built. */
const ADDONS_BYTES = 2_000_000

interface Manifest {
  bin: Record<string, string>
  man: string[]
  scripts: Record<string, string>
  dependencies: Record<string, string>
}
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest

/** What publint finds wrong with a package of these files, relative to its folder. */
async function mistakes(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const files = names.map((name) => ({ name: `package/${name}`, data: readFileSync(`${folder}${name}`) }))
  const { messages, pkg } = await publint({ pkgDir: 'package', strict: true, pack: { files } })
  return messages.map((message) => formatMessage(message, pkg as object) ?? message.code)
}

suite('package', (test) => {
  // All that prepack builds but the addons.
  execFileSync(process.execPath, [`${root}dist/scripts/build-man.js`])
  const { files, unpackedSize, bundled } = dryPack()
  const paths = new Set(files.map(({ path }) => path))

  test('every command, man page, BPF object and licence is in', () => {
    for (const path of [...Object.values(manifest.bin), ...manifest.man])
      assert.ok(paths.has(path), `${path} is in`)
    for (const { path, mode } of files.filter((file) => Object.values(manifest.bin).includes(file.path)))
      assert.is(mode & 0o111, 0o111, `${path} is executable`)
    for (const { object } of loadTools())
      for (const arch of ['x86', 'arm64']) assert.ok(paths.has(`prebuilds/bpf/${arch}/${object}.bpf.o`))
    for (const file of readdirSync(`${root}LICENSES/third-party`))
      assert.ok(paths.has(`LICENSES/third-party/${file}`))
    for (const path of ['LICENSE', 'THIRD-PARTY.md', 'README.md', 'binding.gyp']) assert.ok(paths.has(path))
  })

  test('it is small', () => {
    const addons = files.filter(({ path }) => path.endsWith('.node')).reduce((sum, { size }) => sum + size, 0)
    assert.ok(
      unpackedSize - addons + ADDONS_BYTES < LIMIT_BYTES,
      `${unpackedSize} bytes, ${addons} of them addons`,
    )
  })

  test('no tests, and nothing that was built from a file that is gone', () => {
    for (const path of paths) assert.not.match(path, /\.(test|kernel)\.|\/testing\//)
    for (const path of paths) {
      const [, source] = /^dist\/((?:core|tools)\/.*?)(?:\.d\.ts|\.js)$/.exec(path) ?? []
      if (source !== undefined) assert.ok(existsSync(`${root}${source}.ts`), `${path} has a source`)
    }
  })

  test('dependencies come along, and nothing runs when it is installed', () => {
    for (const name of Object.keys(manifest.dependencies))
      assert.ok(bundled.includes(name), `${name} is inside`)
    for (const name of ['preinstall', 'install', 'postinstall']) assert.is(manifest.scripts[name], undefined)
  })

  test('THIRD-PARTY.md names the versions that are built', () => {
    const rows = readFileSync(`${root}THIRD-PARTY.md`, 'utf8').split('\n')
    for (const { name, version } of sources)
      assert.ok(
        rows.some((row) => row.includes(` ${name} `) && row.includes(` ${version} `)),
        name,
      )
  })

  test('publint', async () => assert.equal(await mistakes(root, [...paths]), []))

  test('a package for each tool is the command alone', async () => {
    for (const name of toolNames()) {
      const folder = writeAlias(await loadDeclaration(name))
      assert.ok(statSync(`${folder}${name}.js`).mode & 0o100)
      assert.equal(await mistakes(folder, readdirSync(folder)), [])
    }
    assert.not.ok(toolNames().includes(UMBRELLA))
  })
})
