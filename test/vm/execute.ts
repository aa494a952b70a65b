import { execFile } from 'node:child_process'

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
  const { input, ...rest } = options
  return new Promise((resolve, reject) => {
    const settings = { ...rest, maxBuffer: 1 << 30, encoding: 'buffer' } as const
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      if (options.signal?.aborted) return reject(error)
      const said = stderr.toString().trim() || error.message
      reject(new Error(`${file} ${args.slice(0, 3).join(' ')} failed:\n${said}`, { cause: error }))
    })
    // A program that ends before it has read everything fails by its status, which says more than EPIPE.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
