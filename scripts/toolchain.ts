// What C and the BPF objects are compiled, checked and packed with, on this machine.
import { spawnSync } from 'node:child_process'

/** The version that made the committed objects: another writes other bytes. */
const LLVM = '14'
const ofLlvm = `version ${LLVM}.`

/** What BPF objects are built with: the names that each goes by, its version, and Debian's package with it. */
const known = {
  clang: { names: [`clang-${LLVM}`, 'clang'], version: ofLlvm, from: `clang-${LLVM}` },
  strip: { names: [`llvm-strip-${LLVM}`, 'llvm-strip'], version: ofLlvm, from: `llvm-${LLVM}` },
  bpftool: { names: ['bpftool', '/usr/sbin/bpftool'], version: 'bpftool', from: 'bpftool' },
} as const

export type BpfTools = Record<keyof typeof known, string>

/** The command of each, or a sentence on the first that is missing. */
export function findBpfTools(): BpfTools | string {
  const found: Partial<BpfTools> = {}
  for (const [tool, { names, version, from }] of Object.entries(known)) {
    const name = findVersion(names, version)
    if (name === undefined) return `there is no ${names[0]} (Debian: apt-get install ${from})`
    found[tool as keyof BpfTools] = name
  }
  return found as BpfTools
}

export const findClangFormat = (): string | undefined =>
  findVersion([`clang-format-${LLVM}`, 'clang-format'], ofLlvm)

/** The first of these commands that is there and says so of its version. */
function findVersion(names: readonly string[], version: string): string | undefined {
  return names.find((name) => spawnSync(name, ['--version'], { encoding: 'utf8' }).stdout?.includes(version))
}
