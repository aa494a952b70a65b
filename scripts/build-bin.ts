// Bundles the umbrella's and each tool's executable into dist/bin/X.js: one file to read at start instead of fifty. What only
// some runs need lies in it too, and is compiled when it is wanted; yargs (for --help) stays outside.
//
// As CommonJS, because Node starts an ES module with a loader of its own, and makes of each `import 'node:fs'` an object with
// all its exports, which loads what nobody asked for.
import { build } from 'esbuild'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../core/root.js'
import { UMBRELLA } from '../core/umbrella/tools.js'
import { toolFolders } from './declarations.js'

const root = fileURLToPath(packageRoot())
const bin = `${root}dist/bin`
const tools = toolFolders()
const commands = [
  [UMBRELLA, `core/umbrella/${UMBRELLA}.ts`] as const,
  ...tools.map((name) => [name, `tools/${name}/${name}.ts`] as const),
]

/** In place of import.meta.url, which CommonJS lacks. */
const moduleUrl = "const moduleUrl = require('node:url').pathToFileURL(__filename).href"

rmSync(bin, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(commands),
  outdir: bin,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['yargs', 'cli-table3'],
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: moduleUrl },
  minifyWhitespace: true,
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
})
writeFileSync(`${bin}/package.json`, '{ "type": "commonjs" }\n')
for (const [name] of commands) chmodSync(`${bin}/${name}.js`, 0o755)
