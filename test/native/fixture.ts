// The addon tests' BPF object, its counters by name, and the system calls that make it count.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { loadAddon, type NativeObject, type NativeStream, type OnBatch } from '../../core/bpf/addon.js'

export const addon = loadAddon()

/** The bytes of addon.bpf.o. */
export const objectBytes: Uint8Array = readFileSync(
  new URL('../../../test/native/addon.bpf.o', import.meta.url),
)

export const errno = { EPERM: -1, ENOENT: -2, EBADF: -9, EACCES: -13, EBUSY: -16, EINVAL: -22 } as const

/** The system call the programs wait for: kill(pid, 0), which does nothing. */
export const [killFunction, killNumber] =
  process.arch === 'arm64' ? (['__arm64_sys_kill', 129] as const) : (['__x64_sys_kill', 62] as const)

/** Makes the traced system call. */
export function kill(times: number): void {
  for (let i = 0; i < times; i++) process.kill(process.pid, 0)
}

/** What must not be an error. */
export function must<T>(result: T | number): T {
  if (typeof result === 'number') throw new Error(`the addon returned ${result}`)
  return result
}

/** Throws for an errno where 0 or a positive number is meant. */
export function succeed(result: number): number {
  if (result < 0) throw new Error(`the addon returned ${result}`)
  return result
}

export function openObject(options: { kernelBtf?: string } = {}): NativeObject {
  return must(addon.open(objectBytes, { name: 'addon', ...options }))
}

export interface LoadOptions {
  kernelBtf?: string
  ringMark?: number
  prepare?: (object: NativeObject) => void
}

/** Loads the object with these programs only. */
export function loadObject(
  programs: readonly string[],
  { ringMark = 0, prepare, ...options }: LoadOptions = {},
): NativeObject {
  const object = openObject(options)
  for (const { name } of object.programs()) succeed(object.setAutoload(name, programs.includes(name)))
  succeed(object.setData('.rodata', 0, words(process.pid, killNumber, ringMark)))
  prepare?.(object)
  const result = object.load()
  if (result < 0) {
    object.close()
    throw new Error(`load returned ${result}`)
  }
  return object
}

/** Loads and attaches the program that sends records. */
export function loadEmitter(options?: LoadOptions): NativeObject {
  const object = loadObject(['emit'], options)
  succeed(object.attach('emit', { kind: 'raw_tracepoint', name: 'sys_enter' }))
  return object
}

/** 32-bit numbers as bytes. */
export function words(...numbers: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer)
}

/** The object's .bss (test/native/addon.bpf.c), in clang's order. */
export function counters(object: NativeObject) {
  const bytes = must(object.data('.bss'))
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const number = (offset: number): number => Number(view.getBigUint64(offset, true))
  return {
    awake: view.getUint32(0, true),
    made: number(8),
    lost: number(16),
    wakes: number(24),
    calls: Array.from({ length: 7 }, (_, kind) => number(32 + 8 * kind)),
  }
}

/** The size of the records to come; 0: small ones of changing size. */
export function setRecordBytes(object: NativeObject, bytes: number): void {
  succeed(object.setData('.bss', 4, words(bytes)))
}

export const policy = { intervalMs: 20, quietTicks: 3, lastLookMs: 50, batchBytes: 65_536 }

/** Opens a stream with the object's wake word. */
export function openStream(
  object: NativeObject,
  onBatch: OnBatch,
  changes: Partial<typeof policy> = {},
): NativeStream {
  const options = { awake: { map: '.bss', offset: 0 }, ...policy, ...changes }
  return must(object.stream('events', options, onBatch))
}

/** Reads the records' sequence numbers, and counts what is not as the kernel side wrote it. */
export function checker() {
  const state = { seen: 0, next: 0, gaps: 0, wrong: 0, batches: 0 }
  const onBatch: OnBatch = (bytes, spans, count) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    state.batches++
    for (let i = 0; i < count; i++) {
      const [start = 0, length = 0] = spans.subarray(2 * i, 2 * i + 2)
      const sequence = Number(view.getBigUint64(start, true))
      const size = Number(view.getBigUint64(start + 8, true))
      if (start % 8 !== 0 || length !== size || sequence < state.next) state.wrong++
      state.gaps += sequence - state.next
      state.next = sequence + 1
      state.seen++
    }
  }
  return { state, onBatch }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until it is true; throws after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await sleep(5))
    if (Date.now() > end) throw new Error(`did not come true: ${condition}`)
}

/** This process's open BPF maps, programs and links. */
export function bpfDescriptors(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('anon_inode:bpf')
    } catch {
      return false
    }
  }).length
}
