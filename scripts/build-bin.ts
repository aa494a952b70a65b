// Bundles the umbrella's and each tool's executable into dist/bin/X.js, and what all tools have from core into dist/bin/core.cjs:
// two files to read at start instead of fifty. What only some runs need lies in them too, and is compiled when it is wanted; the
// text of --help, with yargs, is a third (dist/bin/help.cjs).
//
// As CommonJS, because Node starts an ES module with a loader of its own, and makes of each `import 'node:fs'` an object with
// all its exports, which loads what nobody asked for.
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot, packageVersion } from '../core/root.js'
import { UMBRELLA } from '../core/umbrella/tools.js'
import { toolFolders } from './declarations.js'

const root = fileURLToPath(packageRoot())
const bin = `${root}dist/bin`
const tools = toolFolders()
const CORE = 'core/index.ts'
const entryOf = (name: string): string => `tools/${name}/${name}.ts`

/** In place of import.meta.url, which CommonJS lacks. */
const moduleUrl = "const moduleUrl = require('node:url').pathToFileURL(__filename).href"

/**
 * Scripts ask for the version often: it is said before core is read, which takes as long again as Node.js. Where that fails, core
 * finds out why.
 */
const quickVersion = `if (require.main === module && process.argv.length === 3 && process.argv[2] === '--version')
  try { require('node:fs').writeSync(1, ${JSON.stringify(`${packageVersion()}\n`)}); return } catch {}`

/** A tool finds core beside itself. */
const besideCore: Plugin = {
  name: 'beside-core',
  setup({ onResolve }) {
    onResolve({ filter: /\/core\/index\.js$/ }, () => ({ path: './core.cjs', external: true }))
  },
}

/** Loaded when it is asked for: it is as large as all the rest. */
const helpApart: Plugin = {
  name: 'help-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/help\.js$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === `${root}core/cli/help.js`
        ? { path: './help.cjs', external: true }
        : undefined,
    )
  },
}

/** The widths of the words in --help: what yargs has for that knows every emoji, and takes as long as all the rest of --help. */
const fasterWidths = { 'string-width': 'fast-string-width' }

rmSync(bin, { recursive: true, force: true })
await bundle({ [UMBRELLA]: `core/umbrella/${UMBRELLA}.ts` }, { plugins: [helpApart] })
await bundle({ core: CORE }, { plugins: [helpApart], outExtension: { '.js': '.cjs' } })
await bundle({ help: 'core/cli/help.ts' }, { outExtension: { '.js': '.cjs' }, alias: fasterWidths })
await bundle(Object.fromEntries(tools.map((name) => [name, entryOf(name)])), {
  plugins: [besideCore],
  banner: { js: `${quickVersion}\n${moduleUrl}` },
})
writeFileSync(`${bin}/package.json`, '{ "type": "commonjs" }\n')
for (const name of [UMBRELLA, ...tools]) chmodSync(`${bin}/${name}.js`, 0o755)

async function bundle(entryPoints: Record<string, string>, more: BuildOptions = {}): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: bin,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['cli-table3'],
    // By require(): an import() would start the loader for ES modules.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: moduleUrl },
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'warning',
    ...more,
  })
}
