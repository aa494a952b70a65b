// The kernel's type information: its own, or, where it shows none, a file made elsewhere for just this kernel.
import { existsSync, readFileSync } from 'node:fs'
import { machine, release } from 'node:os'
// oxlint-disable-next-line no-restricted-imports -- one variable, which is no matter of a single run's command line
import { env } from 'node:process'
import { describeErrno } from '../errno.js'
import { UsageError } from '../errors.js'
import { loadAddon } from './addon.js'

/** Where the kernel shows it. */
export const OWN_BTF = '/sys/kernel/btf/vmlinux'

/** Folders, each laid out as BTFHub has it, or flat. */
export const btfFolders = (env['SNOOPKIT_BTF_PATH'] ?? '/var/lib/snoopkit/btf').split(':')

/** The file to read types from in place of the kernel's own; undefined: its own. Throws a UsageError where `given` is none. */
export function chooseBtf(given: string | undefined): string | undefined {
  if (given === undefined)
    return existsSync(OWN_BTF) ? undefined : btfFiles(btfFolders).find((file) => existsSync(file))
  const types = loadAddon().openBtf({ path: given })
  if (typeof types === 'number') throw new UsageError(`--btf ${given}: ${describeFault(-types)}`)
  types.close()
  return given
}

/** libbpf's own numbers begin at 4000. */
const describeFault = (error: number): string =>
  error < 4000 ? describeErrno(error) : 'it holds no type information (BTF)'

/** Where a file for this kernel may lie: FOLDER/ubuntu/20.04/x86_64/5.4.0-1010-azure.btf, or FOLDER/5.4.0-1010-azure.btf. */
export function btfFiles(folders: readonly string[]): string[] {
  const { ID: id, VERSION_ID: version } = osRelease()
  const places = id === undefined || version === undefined ? [] : [`${id}/${version}/${architecture()}/`]
  return folders.flatMap((folder) => [...places, ''].map((place) => `${folder}/${place}${release()}.btf`))
}

/** BTFHub's name for it. */
const architecture = (): string => (machine() === 'aarch64' ? 'arm64' : machine())

/** os-release(5). */
function osRelease(): Partial<Record<string, string>> {
  try {
    const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)=["']?(.*?)["']?$/gm)
    return Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
  } catch {
    return {}
  }
}
