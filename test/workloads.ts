// The known workloads: small C programs, compiled statically so that they open nothing of their own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname
const built = join(root, 'dist/test/workloads')

/** Where the compiled workload lies. */
export function workload(name: string): string {
  return join(built, name)
}

/** Compiles every workload. */
export function buildWorkloads(): void {
  const folder = join(root, 'test/workloads')
  mkdirSync(built, { recursive: true })
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.c'))) {
    const output = workload(basename(file, '.c'))
    execFileSync('cc', ['-O2', '-Wall', '-static', '-pthread', '-o', output, join(folder, file)], {
      stdio: 'inherit',
    })
  }
}
