// Where the package lies: its own files are found from there, from a module as well as from a bundle of all modules.
import { existsSync, readFileSync } from 'node:fs'

/** The package's folder as a file: URL that ends in a slash. */
export function packageRoot(): URL {
  let folder = new URL('./', import.meta.url)
  // Not by package.json, of which dist/bin has one too.
  while (!existsSync(new URL('prebuilds', folder))) {
    const parent = new URL('../', folder)
    if (parent.href === folder.href) throw new Error(`no prebuilds above ${import.meta.url}`)
    folder = parent
  }
  return folder
}

/** As package.json has it. */
export function packageVersion(): string {
  const manifest = readFileSync(new URL('package.json', packageRoot()), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
