// --exec: a command that is held before its first instruction until the tracer is ready for it.
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { UsageError } from './errors.js'

/** The shell says it is there, waits for a line, and becomes the command: execve keeps the process. */
const HOLD = 'echo >&4; exec 4>&-; read -r go <&3 || exit 1; exec 3<&-; exec "$@"'

export interface HeldCommand {
  pid: number
  /** Lets the command run; resolves with its exit status, 128 + n after signal n. */
  release(): Promise<number>
  /** Passes a signal on. */
  kill(signal: NodeJS.Signals): void
}

/**
 * Starts the command and holds it. Its stdout goes to stderr, because stdout is the tracer's data. Throws a
 * UsageError when there is no such command.
 */
export async function holdCommand(command: readonly string[], path: string): Promise<HeldCommand> {
  const [file = ''] = command
  if (!isExecutable(file, path)) throw new UsageError(`--exec: there is no command ${JSON.stringify(file)}`)
  const child = spawn('/bin/sh', ['-c', HOLD, 'sh', ...command], {
    stdio: ['inherit', 2, 'inherit', 'pipe', 'pipe'],
  })
  const ended = exitStatus(child)
  const [go, ready] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  await Promise.race([new Promise((resolve) => ready.once('data', resolve)), ended])
  return {
    pid: child.pid as number,
    release: () => {
      go.end('\n')
      return ended
    },
    kill: (signal) => void child.kill(signal),
  }
}

function exitStatus(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal])),
    )
  })
}

function isExecutable(file: string, path: string): boolean {
  const candidates = file.includes('/')
    ? [file]
    : path.split(delimiter).map((folder) => join(folder || '.', file))
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
