// Compiles the addon tests' BPF object, with the flags of the catalog's own (scripts/build-bpf.ts).
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' })
const include = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`

const flags = [
  '-g',
  '-O2',
  '-target',
  'bpf',
  '-mcpu=v2',
  `-ffile-prefix-map=${root}=.`,
  '-Wall',
  '-I',
  include,
]
run('clang-14', [...flags, '-c', 'test/native/addon.bpf.c', '-o', 'test/native/addon.tmp.o'])
run('bpftool', ['gen', 'object', 'test/native/addon.bpf.o', 'test/native/addon.tmp.o'])
rmSync(`${root}/test/native/addon.tmp.o`)
