import { accessSync, constants } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { findCacheDirectory } from './cache.js'
import type { KernelImage } from './kernel-image.js'

// How QEMU runs the guest's instructions; multi-threaded TCG uses one thread of the machine for each CPU.
export type Accelerator = 'kvm' | 'tcg,thread=multi'

const probeLimitMs = 10_000

// KVM if a guest really starts with it: there are machines with a /dev/kvm on which none ever does.
export async function chooseAccelerator(image: KernelImage, signal?: AbortSignal): Promise<Accelerator> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
  } catch {
    return 'tcg,thread=multi'
  }
  const file = join(findCacheDirectory(), 'kvm.json')
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const verdict = await readVerdict(file, boot)
  const works = verdict ?? (await startsWithKvm(image, signal))
  if (verdict === undefined) {
    await mkdir(findCacheDirectory(), { recursive: true })
    await writeFile(file, JSON.stringify({ boot, works }) + '\n')
  }
  return works ? 'kvm' : 'tcg,thread=multi'
}

async function readVerdict(file: string, boot: string): Promise<boolean | undefined> {
  try {
    const cached = JSON.parse(await readFile(file, 'utf8')) as { boot: string; works: boolean }
    return cached.boot === boot ? cached.works : undefined
  } catch {
    return undefined
  }
}

// Starts the kernel alone, and waits for the first line of its log.
function startsWithKvm(image: KernelImage, signal?: AbortSignal): Promise<boolean> {
  const machine = [
    '-machine',
    'pc',
    '-accel',
    'kvm',
    '-cpu',
    'max',
    '-m',
    '512',
    '-nodefaults',
    '-no-user-config',
  ]
  const kernel = ['-kernel', image.kernel, '-append', 'console=ttyS0 earlyprintk=ttyS0']
  const args = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machine, ...kernel, '-display', 'none']
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', [...args, '-serial', 'stdio'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    const stop = (): boolean => child.kill('SIGKILL')
    const timer = setTimeout(stop, probeLimitMs)
    signal?.addEventListener('abort', stop)
    let started = false
    child.stdout.on('data', (chunk: Buffer) => {
      started ||= chunk.includes('Linux version')
      if (started) stop()
    })
    child.on('error', reject)
    child.on('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve(started)
    })
  })
}
