// npm run build:syscalls -- FOLDER: writes prebuilds/syscalls.json from the kernel's headers: the folder usr/lib/linux/uapi
// of Debian's package linux-libc-dev (6.12 and later, which has those of every processor).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tablesPath } from '../core/syscalls.js'

const headers = {
  x64: 'x86/asm/unistd_64.h',
  i386: 'x86/asm/unistd_32.h',
  arm64: 'arm64/asm/unistd_64.h',
  arm: 'arm/asm/unistd-eabi.h',
} as const

function main([folder = '']: readonly string[]): void {
  if (folder === '') {
    console.error('usage: npm run build:syscalls -- FOLDER')
    process.exit(2)
  }
  const tables = Object.entries(headers).map(([abi, header]) => [
    abi,
    wordsOf(readFileSync(join(folder, header), 'latin1')).join(' '),
  ])
  writeFileSync(tablesPath(), `${JSON.stringify(Object.fromEntries(tables), null, 1)}\n`)
}

/** Each number is the one before and 1, or it is said: `334:rseq`. */
function wordsOf(header: string): string[] {
  // 32-bit ARM has numbers relative to a base that is 0 in this ABI.
  const found = [...header.matchAll(/^#define __NR_(\w+)\s+(?:\(__NR_SYSCALL_BASE \+ )?(\d+)\)?$/gm)]
  const calls = found
    .map(([, name = '', number]): [number, string] => [Number(number), name])
    .toSorted(([a], [b]) => a - b)
  return calls.map(([number, name], at) =>
    number === (calls[at - 1]?.[0] ?? -1) + 1 ? name : `${number}:${name}`,
  )
}

main(process.argv.slice(2))
