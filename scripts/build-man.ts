// Writes a man page for every command into dist/man, which the package installs.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageRoot, packageVersion } from '../core/root.js'
import { UMBRELLA } from '../core/umbrella/tools.js'
import { loadDeclaration, proseOf, toolFolders } from './declarations.js'
import { renderPage } from './man/page.js'
import { renderUmbrellaPage } from './man/umbrella.js'

const folder = `${fileURLToPath(packageRoot())}dist/man`
const epoch = process.env['SOURCE_DATE_EPOCH']
const moment = epoch === undefined ? new Date() : new Date(Number(epoch) * 1000)
const edition = { version: packageVersion(), date: moment.toISOString().slice(0, 10) }
const tools = await Promise.all(toolFolders().map(loadDeclaration))

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}/${UMBRELLA}.1`, renderUmbrellaPage(tools, edition))
for (const tool of tools) {
  const others = tools.flatMap(({ name }) => (name === tool.name ? [] : [name]))
  writeFileSync(`${folder}/${tool.name}.1`, renderPage(tool, proseOf(tool.name), others, edition))
}
