// The known workloads: small C programs, compiled statically so that they open nothing of their own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname

/** Debian's compilers for each processor. */
const compilers = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' } as const

/** Compiles every workload to where a test on that processor finds it. */
export function buildWorkloads(architecture: keyof typeof compilers = 'x64'): void {
  const built = join(root, 'dist/test/workloads', architecture)
  const folder = join(root, 'test/workloads')
  mkdirSync(built, { recursive: true })
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.c'))) {
    const output = join(built, basename(file, '.c'))
    execFileSync(
      compilers[architecture],
      ['-O2', '-Wall', '-static', '-pthread', '-o', output, join(folder, file)],
      {
        stdio: 'inherit',
      },
    )
  }
}
