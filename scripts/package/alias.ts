// A tiny package named after a tool, so that a bare `npx opensnoop` finds it in a registry.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot, packageVersion } from '../../core/root.js'
import type { Tool } from '../../core/tool.js'
import { UMBRELLA } from '../../core/umbrella/tools.js'

/** The package's package.json. */
export function aliasManifest({ name, summary }: Tool): object {
  const version = packageVersion()
  return {
    name,
    version,
    description: `${summary} The ${name} of ${UMBRELLA}.`,
    license: 'Apache-2.0',
    type: 'module',
    os: ['linux'],
    cpu: ['x64', 'arm64'],
    engines: { node: '>=20.19' },
    bin: { [name]: `${name}.js` },
    files: [`${name}.js`],
    exports: {},
    // The same version, not a range: what was asked for is what runs.
    dependencies: { [UMBRELLA]: version },
  }
}

/** The executable becomes the tool's own, as which it is started. */
const executable = (name: string): string => `#!/usr/bin/env node
// ${name} of the package ${UMBRELLA}.
import { fileURLToPath } from 'node:url'

const tool = import.meta.resolve('${UMBRELLA}/bin/${name}')
process.argv[1] = fileURLToPath(tool)
await import(tool)
`

const readme = ({ name, summary }: Tool): string => `# ${name}

${summary}

    sudo npx ${name} --help

This package is the command alone; all of it is in [${UMBRELLA}](https://www.npmjs.com/package/${UMBRELLA}), which has more such tools.
`

/** Lays the package out; returns its folder. */
export function writeAlias(tool: Tool): string {
  const folder = fileURLToPath(new URL(`dist/aliases/${tool.name}/`, packageRoot()))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}package.json`, `${JSON.stringify(aliasManifest(tool), undefined, 2)}\n`)
  writeFileSync(`${folder}${tool.name}.js`, executable(tool.name), { mode: 0o755 })
  writeFileSync(`${folder}README.md`, readme(tool))
  return folder
}
