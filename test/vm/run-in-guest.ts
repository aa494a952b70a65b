import { randomBytes } from 'node:crypto'
import { chooseAccelerator } from './accelerator.js'
import { GuestCrashed } from './errors.js'
import { requireHostPackages } from './host-packages.js'
import { prepareInitramfs } from './initramfs.js'
import { formatJob } from './job.js'
import { prepareKernel } from './kernel-image.js'
import { attendGuest, type GuestResult } from './attend-guest.js'

// What to run in a throwaway guest, and on what.
export interface GuestOptions {
  // A name from kernels.ts.
  readonly kernel: string
  readonly command: readonly string[]
  readonly cwd?: string
  // From the guest's start; downloads do not count.
  readonly timeoutMs?: number
  readonly memoryMb?: number
  readonly cpus?: number
  // The size in bytes of each extra empty disk: /dev/vda, /dev/vdb and so on.
  readonly disks?: readonly number[]
  readonly env?: Readonly<Record<string, string>>
  // More of the kernel's command line.
  readonly append?: string
  readonly stdout?: NodeJS.WritableStream
  readonly stderr?: NodeJS.WritableStream
  // The guest's console, live.
  readonly console?: NodeJS.WritableStream
  readonly signal?: AbortSignal
  // Fetches the newest kernel package, even if one is cached.
  readonly update?: boolean
  // Gets what takes time or went wrong on the way, in a line; by default stderr does.
  readonly report?: (message: string) => void
}

const bootAttempts = 3

// Runs a command in a throwaway guest on another kernel, from this machine's files; none of them can change.
export async function runInGuest(options: GuestOptions): Promise<GuestResult> {
  const { signal } = options
  const report = options.report ?? ((message) => process.stderr.write(`snoopkit vm: ${message}\n`))
  await requireHostPackages()
  const image = await prepareKernel(options.kernel, { update: options.update ?? false, report, signal })
  const initramfs = await prepareInitramfs(image)
  const accelerator = await chooseAccelerator(image, signal)
  const marker = randomBytes(24).toString('hex')
  const job = formatJob({
    command: options.command,
    directory: options.cwd ?? process.cwd(),
    env: options.env ?? {},
    modules: image.modules,
    marker,
  })

  for (let attempt = 1; ; attempt++) {
    try {
      signal?.throwIfAborted()
      return await attendGuest({
        machine: {
          accelerator,
          cpus: options.cpus ?? 2,
          memoryMb: options.memoryMb ?? 2048,
          kernel: image.kernel,
          initramfs,
          append: options.append ?? '',
        },
        job,
        marker,
        disks: options.disks ?? [],
        timeoutMs: options.timeoutMs ?? 600_000,
        stdout: options.stdout ?? process.stdout,
        stderr: options.stderr ?? process.stderr,
        console: options.console,
        signal,
      })
    } catch (error) {
      // QEMU's TCG rarely lets a kernel die while it patches itself during boot; nothing has run by then.
      if (!(error instanceof GuestCrashed) || error.started || attempt === bootAttempts) throw error
      report('the guest crashed while it booted, starting it again')
    }
  }
}
