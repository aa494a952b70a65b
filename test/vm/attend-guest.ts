import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { EndMarker } from './end-marker.js'
import { GuestCrashed } from './errors.js'
import { formatQemuCommand, type Machine } from './qemu.js'
import { openScratchDisk, type ScratchDisk } from './scratch-disk.js'

// How a command in the guest ended.
export interface GuestResult {
  // As a shell gives it: 128 + n after signal n; 124 if it did not end in time.
  readonly status: number
  readonly timedOut: boolean
  // From QEMU's start to the command's.
  readonly bootMs: number
}

interface Attendance {
  readonly machine: Omit<Machine, 'jobLength' | 'console' | 'ports' | 'disks'>
  readonly job: string
  readonly marker: string
  readonly disks: readonly ScratchDisk[]
  readonly timeoutMs: number
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly console: NodeJS.WritableStream | undefined
  readonly signal: AbortSignal | undefined
}

const bootLimitMs = 120_000
const consoleTailBytes = 16_384

// Starts one guest, gives it the job, passes its output on until the job's end, and removes it.
export async function attendGuest(attendance: Attendance): Promise<GuestResult> {
  const { job, marker, timeoutMs, signal } = attendance
  const jobBytes = Buffer.from(job)
  const disks = attendance.disks.map(({ bytes }) => openScratchDisk(bytes))
  const [consoleFd, ...ports] = [3, 4, 5, 6] as const
  const [file, args] = formatQemuCommand({
    ...attendance.machine,
    jobLength: jobBytes.length,
    console: consoleFd,
    ports,
    disks: attendance.disks.map(({ bus }, index) => ({ bus, descriptor: 7 + index })),
  })
  const beginning = performance.now()
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...disks],
  })
  disks.forEach((descriptor) => closeSync(descriptor))
  const exit = once(child, 'close')
  const [, , , guestConsole, stdout, stderr, control] = child.stdio as unknown as Socket[]
  if (!guestConsole || !stdout || !stderr || !control) throw new Error('QEMU started without its pipes')

  const over = new AbortController()
  let timedOut = false
  let bootMs: number | undefined
  const stop = (): void => {
    over.abort()
    child.kill('SIGKILL')
  }
  const timer = setTimeout(() => ((timedOut = true), stop()), timeoutMs)
  let stuck = false
  const bootTimer = setTimeout(() => ((stuck = true), stop()), bootLimitMs)
  signal?.addEventListener('abort', stop)

  let tail = ''
  const keep = (chunk: Buffer): void =>
    void (tail = (tail + chunk.toString('latin1')).slice(-consoleTailBytes))
  for (const source of [guestConsole, child.stderr, child.stdout]) source?.on('data', keep)
  if (attendance.console) guestConsole.pipe(attendance.console, { end: false })
  // A guest that dies resets the connections; that it died is seen by their end.
  for (const socket of [guestConsole, stdout, stderr, control]) socket.on('error', () => {})
  control.once('data', () => {
    bootMs = performance.now() - beginning
    clearTimeout(bootTimer)
  })
  control.write(jobBytes)

  try {
    const [status] = await Promise.all([
      passOn(stdout, attendance.stdout, marker, over.signal),
      passOn(stderr, attendance.stderr, marker, over.signal),
    ])
    if (status !== undefined) return { status, timedOut: false, bootMs: bootMs ?? 0 }
    if (!timedOut) await exit
    signal?.throwIfAborted()
    if (timedOut) return { status: 124, timedOut, bootMs: bootMs ?? 0 }
    // After a guest's panic QEMU ends well.
    if (child.exitCode !== 0 && !stuck) throw new Error(`QEMU failed: ${tail.trim() || describeEnd(child)}`)
    throw new GuestCrashed(bootMs !== undefined, tail)
  } finally {
    clearTimeout(timer)
    clearTimeout(bootTimer)
    signal?.removeEventListener('abort', stop)
    stop()
    await exit
  }
}

const describeEnd = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode ? `ended by ${signalCode}` : `exit status ${exitCode}`

// Copies one stream of the guest to its end; the status is undefined if it was cut off.
async function passOn(
  source: Socket,
  target: NodeJS.WritableStream,
  marker: string,
  over: AbortSignal,
): Promise<number | undefined> {
  const end = new EndMarker(marker)
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const bytes = end.push(chunk)
    if (bytes.length > 0 && !target.write(bytes)) await once(target, 'drain', { signal: over })
    if (end.status !== undefined) break
  }
  return end.status
}
