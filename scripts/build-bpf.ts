// Compiles bpf-src/ for every architecture into prebuilds/bpf/ and writes the skeletons. With --check it
// builds into a temporary folder and fails on any difference from what is committed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { loadAddon } from '../core/bpf/addon.js'
import { renderSkeleton } from './skeleton.js'
import { type BpfTools, findBpfTools } from './toolchain.js'

const targets = { x86: '__TARGET_ARCH_x86', arm64: '__TARGET_ARCH_arm64' }

/** `names`: these tools only; none: all. */
function main(root: string, names: readonly string[], check: boolean): void {
  const commands = findBpfTools()
  if (typeof commands === 'string') fail(commands)
  const out = check ? mkdtempSync(join(tmpdir(), 'snoopkit-bpf-')) : join(root, 'prebuilds/bpf')
  const differences: string[] = []
  const emit = (path: string, bytes: Uint8Array): void => {
    if (!check) writeFileSync(join(root, path), bytes)
    else if (!sameBytes(join(root, path), bytes)) differences.push(path)
  }
  try {
    const files = readdirSync(join(root, 'bpf-src')).filter((file) => file.endsWith('.bpf.c'))
    const tools = names.length > 0 ? names : files.map((file) => basename(file, '.bpf.c'))
    for (const tool of tools) {
      for (const [arch, define] of Object.entries(targets)) {
        const bytes = compile(root, commands, tool, define, join(out, arch))
        emit(`prebuilds/bpf/${arch}/${tool}.bpf.o`, bytes)
        if (arch === 'x86') emit(`tools/${tool}/${tool}.skel.ts`, Buffer.from(skeletonOf(tool, bytes)))
      }
    }
  } finally {
    if (check) rmSync(out, { recursive: true, force: true })
  }
  if (differences.length > 0) {
    fail(`out of date: ${differences.join(', ')}\nrun \`npm run build:bpf\` and commit what it writes`)
  }
}

/**
 * One object: clang; then llvm-strip, which takes out its names for blocks of code, an eighth of the object that nobody reads; then
 * `bpftool gen object`, which fills in the section offsets that clang leaves 0.
 */
function compile(
  root: string,
  { clang, strip, bpftool }: BpfTools,
  tool: string,
  define: string,
  folder: string,
): Uint8Array {
  mkdirSync(folder, { recursive: true })
  const raw = join(folder, `${tool}.tmp.o`)
  const linked = join(folder, `${tool}.bpf.o`)
  const flags = ['-g', '-O2', '-target', 'bpf', '-mcpu=v2', `-D${define}`, `-ffile-prefix-map=${root}=.`]
  const sources = [
    '-Wall',
    '-Wextra',
    '-Werror',
    '-I',
    'bpf-src/lib',
    '-c',
    `bpf-src/${tool}.bpf.c`,
    '-o',
    raw,
  ]
  execFileSync(clang, [...flags, ...sources], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  execFileSync(strip, ['--wildcard', '--strip-symbol=LBB*', raw])
  execFileSync(bpftool, ['gen', 'object', linked, raw], { stdio: ['ignore', 'inherit', 'inherit'] })
  rmSync(raw)
  return readFileSync(linked)
}

function skeletonOf(tool: string, bytes: Uint8Array): string {
  const object = loadAddon().open(bytes, { name: tool })
  if (typeof object === 'number') throw new Error(`${tool}.bpf.o cannot be opened: errno ${-object}`)
  try {
    return renderSkeleton(tool, object)
  } finally {
    object.close()
  }
}

function sameBytes(path: string, bytes: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(bytes)
  } catch {
    return false
  }
}

function fail(message: string): never {
  console.error(`build:bpf: ${message}`)
  process.exit(1)
}

const words = process.argv.slice(2)
main(
  new URL('../../', import.meta.url).pathname.replace(/\/$/, ''),
  words.filter((word) => word !== '--check'),
  words.includes('--check'),
)
