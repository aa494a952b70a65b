// Where the package lies: its own files are found from there, from a module as well as from a bundle of all modules.
import { existsSync } from 'node:fs'

/** The package's folder as a file: URL that ends in a slash. */
export function packageRoot(): URL {
  let folder = new URL('./', import.meta.url)
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('../', folder)
    if (parent.href === folder.href) throw new Error(`no package.json above ${import.meta.url}`)
    folder = parent
  }
  return folder
}
