// Bundles each tool's executable into dist/bin/X.js: one file to read at start instead of fifty. What only some
// runs need (yargs, for --help) stays outside and is loaded when it is wanted.
import { build } from 'esbuild'
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../core/root.js'

const root = fileURLToPath(packageRoot())
const tools = readdirSync(`${root}tools`).filter((name) => existsSync(`${root}tools/${name}/${name}.ts`))

rmSync(`${root}dist/bin`, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(tools.map((name) => [name, `tools/${name}/${name}.ts`])),
  outdir: 'dist/bin',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  external: ['yargs', 'cli-table3'],
  sourcemap: true,
  logLevel: 'warning',
})
for (const name of tools) chmodSync(`${root}dist/bin/${name}.js`, 0o755)
