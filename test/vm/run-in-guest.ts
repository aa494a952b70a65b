import { randomBytes } from 'node:crypto'
import { chooseAccelerator } from './accelerator.js'
import type { ForeignRoot } from './architectures.js'
import { GuestCrashed } from './errors.js'
import { requireHostPackages } from './host-packages.js'
import { prepareInitramfs } from './initramfs.js'
import { formatJob } from './job.js'
import { prepareKernel } from './kernel-image.js'
import { say } from './say.js'
import { attendGuest, type GuestResult } from './attend-guest.js'
import type { ScratchDisk } from './scratch-disk.js'

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
  // Extra empty disks: /dev/vda, /dev/vdb and so on, or /dev/nvme0n1.
  readonly disks?: readonly ScratchDisk[]
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
  // Runs it on another processor, with the files of this root.
  readonly foreign?: ForeignRoot
  // Gets what takes time or went wrong on the way, in a line; by default stderr does.
  readonly report?: (message: string) => void
}

const bootAttempts = 3

// Runs a command in a throwaway guest on another kernel, from this machine's files; none of them can change.
export async function runInGuest(options: GuestOptions): Promise<GuestResult> {
  const { signal } = options
  const report = options.report ?? say
  const { foreign } = options
  const architecture = foreign?.architecture ?? 'x64'
  const root = foreign?.folder ?? '/'
  await requireHostPackages()
  const update = options.update ?? false
  const image = await prepareKernel(options.kernel, { architecture, update, report, signal })
  const initramfs = await prepareInitramfs(image, root)
  const accelerator = foreign ? 'tcg,thread=multi' : await chooseAccelerator(image, signal)
  const marker = randomBytes(24).toString('hex')
  const job = formatJob({
    command: options.command,
    directory: options.cwd ?? process.cwd(),
    env: options.env ?? {},
    node: foreign?.node ?? process.execPath,
    share: foreign?.share,
    marker,
  })

  for (let attempt = 1; ; attempt++) {
    try {
      signal?.throwIfAborted()
      return await attendGuest({
        machine: {
          architecture,
          shares: { host: root, modules: image.modules, ...(foreign && { share: foreign.share }) },
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
