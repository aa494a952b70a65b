// Commands that take root, by sudo where this process is not.
import { execFileSync } from 'node:child_process'

/** Runs it to its end; throws where it fails. `log`: a file descriptor for what it says, else shown only on failure. */
export function asRoot(command: string, args: readonly string[], log?: number): void {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  const [file = '', ...rest] = [...sudo, command, ...args]
  execFileSync(file, rest, { stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'] })
}
