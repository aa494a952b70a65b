// npm run pack:aliases [-- FOLDER]: a tarball for each tool's alias, beside snoopkit's own or in that folder.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { loadDeclaration, toolFolders } from '../declarations.js'
import { writeAlias } from './alias.js'

const destination = resolve(process.argv[2] ?? '.')
for (const name of toolFolders()) {
  const folder = writeAlias(await loadDeclaration(name))
  execFileSync('npm', ['pack', '--pack-destination', destination], {
    cwd: folder,
    stdio: ['ignore', 1, 'pipe'],
  })
}
