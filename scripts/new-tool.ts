// npm run new-tool -- NAME [events|intervals]: the files of a new tool, which trace execs until somebody makes more of them.
// What is made is built as well: it runs, and its tests pass.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { camelCase } from '../core/btf/layout.js'
import { packageRoot } from '../core/root.js'
import { toolFolders } from './declarations.js'

const SHAPES = new Set(['events', 'intervals'])
const root = fileURLToPath(packageRoot())

/** Each template, and where it goes. */
const filesOf = (name: string): [template: string, path: string][] => [
  ['bpf.c', `bpf-src/${name}.bpf.c`],
  ['tool.ts', `tools/${name}/${name}.ts`],
  ['test.ts', `tools/${name}/${name}.test.ts`],
  ['kernel.ts', `tools/${name}/${name}.kernel.ts`],
  ['README.md', `tools/${name}/README.md`],
]

function main([name = '', shape = 'events', ...more]: readonly string[]): void {
  if (!/^[a-z][a-z0-9_]{1,23}$/.test(name) || !SHAPES.has(shape) || more.length > 0)
    fail('usage: npm run new-tool -- NAME [events|intervals]; NAME has small letters, digits and _')
  const taken = filesOf(name).find(([, path]) => existsSync(root + path))
  if (taken !== undefined) fail(`${taken[1]} is there already`)
  mkdirSync(`${root}tools/${name}`, { recursive: true })
  for (const [template, path] of filesOf(name)) {
    const text = readFileSync(`${root}scripts/new-tool/${shape}/${template}.txt`, 'utf8')
    writeFileSync(root + path, text.replaceAll('@NAME@', name).replaceAll('@CAMEL@', camelCase(name)))
  }
  // Where lines break depends on how long the name is.
  run('node_modules/.bin/prettier', '--write', '--log-level=warn', `tools/${name}`)
  nameInPackage()
  for (const script of ['build:ts', 'build:docs', 'build:bin', 'build:man']) {
    // Types need the skeleton, which is made of the object.
    if (script === 'build:ts') run('node', 'dist/scripts/build-bpf.js', name)
    run('npm', 'run', '--silent', script)
  }
  console.log(`made and built:\n${filesOf(name)
    .map(([, path]) => `  ${path}\n`)
    .join('')}
  npm run test:unit -- tools/${name}/
  npm run test:kernel -- --kernel 6.1 tools/${name}/

Then make of them what ${name} is to be, and name it in README.md and CHANGELOG.md.`)
}

/** A command and a man page for every tool, in order. */
function nameInPackage(): void {
  const path = `${root}package.json`
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { bin: object; man: string[] }
  const commands = [...new Set([...Object.keys(manifest.bin), ...toolFolders()])].toSorted()
  manifest.bin = Object.fromEntries(commands.map((command) => [command, `dist/bin/${command}.js`]))
  manifest.man = commands.map((command) => `dist/man/${command}.1`)
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { cwd: root, stdio: 'inherit' })
}

function fail(message: string): never {
  console.error(`new-tool: ${message}`)
  process.exit(2)
}

main(process.argv.slice(2))
