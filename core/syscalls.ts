// System calls by number and name, of 64-bit and 32-bit programs.
import { readFileSync } from 'node:fs'
import { arch } from 'node:os'
import { packageRoot } from './root.js'

/** Whose numbers they are, as the kernel side says it. */
export type SyscallAbi = 'x64' | 'i386' | 'arm64' | 'arm'

/** Set in the number of a call of x32, whose other bits are mostly those of x64. */
const X32_BIT = 0x40000000

const native: SyscallAbi = arch() === 'arm64' ? 'arm64' : 'x64'
const compat: SyscallAbi = arch() === 'arm64' ? 'arm' : 'i386'

const tables = new Map<SyscallAbi, ReadonlyMap<number, string>>()
let read: Record<SyscallAbi, string> | undefined

/** The names, by ABI, in a file that is read when the first is asked for: `npm run build:syscalls` writes it. */
export const tablesPath = (): URL => new URL('prebuilds/syscalls.json', packageRoot())

/** `openat` for 257 of x64; `[unknown: N]`, as bcc has it, where there is none. */
export function syscallName(abi: SyscallAbi, number: number): string {
  const own = abi === 'x64' && number > 0 ? number & ~X32_BIT : number
  return tableOf(abi).get(own) ?? `[unknown: ${number}]`
}

/** A call's numbers in 64-bit and 32-bit programs on this machine, -1 where it has none; undefined: neither has. */
export function syscallNumbers(name: string): { native: number; compat: number } | undefined {
  const numberIn = (abi: SyscallAbi): number =>
    [...tableOf(abi)].find(([, known]) => known === name)?.[0] ?? -1
  const found = { native: numberIn(native), compat: numberIn(compat) }
  return found.native < 0 && found.compat < 0 ? undefined : found
}

/** The names of all calls on this machine, in order. */
export function syscallNames(): string[] {
  return [...new Set([...tableOf(native).values(), ...tableOf(compat).values()])].toSorted()
}

/** Reads the names now: once it traces as another user (--user) a process may not be allowed to. */
export function loadSyscalls(): void {
  tableOf(native)
}

/** Words, each one number after the one before, unless it says its own: `334:rseq`. */
function tableOf(abi: SyscallAbi): ReadonlyMap<number, string> {
  const known = tables.get(abi)
  if (known !== undefined) return known
  const table = new Map<number, string>()
  let next = 0
  read ??= JSON.parse(readFileSync(tablesPath(), 'utf8')) as Record<SyscallAbi, string>
  for (const word of read[abi].split(' ')) {
    const [number = '', name = number] = word.split(':')
    if (name !== number) next = Number(number)
    table.set(next++, name)
  }
  tables.set(abi, table)
  return table
}
