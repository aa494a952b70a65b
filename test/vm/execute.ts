import { spawn } from 'node:child_process'

interface ExecuteOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
  readonly input?: Buffer
}

// Runs a program to its end and gives its stdout; a failure throws with what it said on stderr.
export function execute(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<Buffer> {
  const { cwd, env, signal, input } = options
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    // In a process group of its own: dpkg-deb goes on unpacking by its children if it alone is killed.
    const child = spawn(file, args, { cwd, env, stdio: 'pipe', detached: true })
    const stop = (): void => {
      // Without an exit status its process group is certainly still its own.
      if (child.pid && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL')
    }
    signal?.addEventListener('abort', stop)

    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A program that ends before it has read everything fails by its status, which says more than EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(input)

    child.on('error', reject)
    // Not 'exit': by now its children are gone as well, and what they wrote can be deleted.
    child.on('close', (status, killed) => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) return reject(signal.reason as Error)
      if (status === 0) return resolve(Buffer.concat(stdout))
      const said = Buffer.concat(stderr).toString().trim() || `status ${status ?? killed}`
      reject(new Error(`${file} ${args.slice(0, 3).join(' ')} failed:\n${said}`))
    })
  })
}
