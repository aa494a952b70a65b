// snoopkit btf-min: what the catalog reads of a kernel's types, as a file of some kilobytes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadAddon } from '../bpf/addon.js'
import { OWN_BTF } from '../bpf/kernel-btf.js'
import { cutBtf } from '../btf/cut.js'
import { type Btf, parseBtf } from '../btf/parse.js'
import { UsageError } from '../errors.js'
import { packageRoot } from '../root.js'

/** Cuts the kernel's own BTF, or the file of the first of two words, down into a new file. */
export function runBtfMin(words: readonly string[]): void {
  const [from = '', to = ''] = words.length === 1 ? [OWN_BTF, ...words] : words
  if (to === '' || words.length > 2)
    throw new UsageError('btf-min takes the file to write, or the one to read and the one to write')
  attempt(`${from} cannot be cut`, () => {
    const part = cutBtf(readFileSync(from), objectTypes())
    writeFileSync(to, part)
  })
}

/** The types of every object, of every architecture: a file may be cut on another machine than it is for. */
function objectTypes(): Btf[] {
  const folder = new URL('prebuilds/bpf/', packageRoot())
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths
    .filter((path) => path.endsWith('.bpf.o'))
    .map((path) => {
      const object = loadAddon().open(readFileSync(new URL(path, folder)))
      if (typeof object === 'number') throw new Error(`${path} cannot be opened: errno ${-object}`)
      const types = parseBtf(object.btf())
      object.close()
      return types
    })
}

function attempt(what: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`)
  }
}
