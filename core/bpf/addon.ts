// The native addon: its shape, and the only place that loads it.
//
// Convention: a call that can fail in the kernel or in libbpf returns a negative errno and leaves the words
// to TypeScript. Wrong arguments, and use after close(), throw (TypeError, Error): those are bugs in core.
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
// oxlint-disable-next-line no-restricted-imports -- one variable, for the tests of the addon itself
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { CannotTraceError } from '../errors.js'
import { packageRoot } from '../root.js'

export interface NativeProgram {
  name: string
  /** The ELF section, such as `fexit/do_sys_openat2`. */
  section: string
  autoload: boolean
  /** Instructions, before load those of the object. */
  instructions: number
}

export interface NativeMap {
  name: string
  type: number
  keySize: number
  valueSize: number
  maxEntries: number
}

/** How a program is attached when its section alone does not say it. */
export type AttachTarget =
  | { kind: 'kprobe' | 'kretprobe' | 'kretprobe.multi'; function: string }
  | { kind: 'tracepoint'; category: string; name: string }
  | { kind: 'raw_tracepoint'; name: string }

export interface StreamOptions {
  /**
   * A `__u32` the consumer sets to 1 while it polls by timer, so that the kernel side need not wake it. The kernel
   * side may set it to 1 too, just before it sends the record that wakes the consumer.
   */
  awake?: { map: string; offset: number }
  /** How often the ring is drained while events flow, in milliseconds. */
  intervalMs: number
  /** After so many empty drains in a row the consumer goes to sleep, to be woken by the next event. */
  quietTicks: number
  /** One more look after going to sleep, for a record committed during that moment, in milliseconds. */
  lastLookMs: number
  /** The most bytes handed over in one call. */
  batchBytes: number
}

/**
 * One call a batch. `bytes` holds the records one after the other, each starting at a multiple of 8;
 * `spans` holds start and length of each: 2 × count numbers. Both are reused: valid until the call returns.
 */
export type OnBatch = (bytes: Uint8Array, spans: Uint32Array, count: number) => void

export interface NativeStream {
  /** Hands over what is in the ring now, within this call; returns the number of records. -EBUSY inside the callback. */
  drain(): number
  /** Stops reading (the ring fills up, and the kernel side counts what does not fit). */
  pause(): void
  resume(): void
  /** Idempotent; allowed inside the callback. */
  close(): void
}

export interface ProgramInfo {
  id: number
  runs: bigint
  runTimeNs: bigint
  /**
   * Runs the kernel skipped: because the program was already running on that CPU (since 5.12), of kprobes because another
   * BPF program or another kprobe was (since 6.7).
   */
  missed: bigint
  jitedBytes: number
}

export interface NativeObject {
  programs(): NativeProgram[]
  maps(): NativeMap[]
  /** The object's own BTF; libbpf has filled in the offsets of global data, which clang leaves 0. */
  btf(): Uint8Array
  setAutoload(program: string, on: boolean): number
  /** fentry, fexit and tp_btf: the function or tracepoint to attach to; before load. */
  setAttachTarget(program: string, target: string): number
  setMaxEntries(map: string, entries: number): number
  /** Whether the map is created at load at all (libbpf ≥ 0.8). */
  setAutocreate(map: string, on: boolean): number
  /**
   * Puts a pinned map in place of one of the object's; before load. -EINVAL where what is pinned is no hash map, or has
   * keys of another size.
   */
  reuseMap(map: string, path: string): number
  /** The bytes of a global-data map (.rodata, .bss, .data): a copy. Before load the initial value, after it the live one. */
  data(map: string): Uint8Array | number
  /** Overwrites bytes of a global-data map at an offset; .rodata only before load. */
  setData(map: string, offset: number, bytes: Uint8Array): number
  load(): number
  /** Returns a link number, or -errno. Without a target: by the program's section. */
  attach(program: string, target?: AttachTarget): number
  detach(link: number): number
  info(program: string): ProgramInfo | number
  /** Copies the value into `value` (for a per-CPU map: value size rounded up to 8, times the possible CPUs). */
  lookup(map: string, key: Uint8Array, value: Uint8Array): number
  update(map: string, key: Uint8Array, value: Uint8Array, flags?: number): number
  delete(map: string, key: Uint8Array): number
  /**
   * All entries of a hash or array map, keys and values laid end to end; with `remove`, deletes what it returns.
   * Batched system calls where the kernel has them (5.6), one by one where not.
   */
  entries(map: string, remove: boolean): { keys: Uint8Array; values: Uint8Array; count: number } | number
  /** A ring buffer's reader, after load; -EBUSY while it has one already. Keeps the process alive until it is closed. */
  stream(map: string, options: StreamOptions, onBatch: OnBatch): NativeStream | number
  /** Detaches, closes every file descriptor and stream. Idempotent; allowed inside a stream's callback. */
  close(): void
}

export interface NativeBtf {
  /** The type's number, or -ENOENT. Kinds as in linux/btf.h: 4 struct, 12 func, … */
  find(name: string, kind: number): number
  /**
   * Number of arguments of the function or `btf_trace_…` prototype with that type number (the latter's own first
   * one, the `void *`, included); -EINVAL when it is none.
   */
  arguments(type: number): number
  raw(): Uint8Array
  close(): void
}

/** How a column is written; `is` says how it is put from the record, if it can be. */
export interface RowCell {
  /**
   * `name`: of an enum; `chars`: up to the first NUL; `text`, `words`: struct text and long_text of bpf-src/lib; `wallTime`,
   * `seconds` since the first event: of CLOCK_MONOTONIC in nanoseconds.
   */
  is: 'asked' | 'number' | 'boolean' | 'name' | 'chars' | 'text' | 'words' | 'wallTime' | 'seconds'
  /** What stands before it. */
  before: string
  /** The field, in bytes from the start of the record. */
  offset: number
  size: number
  signed: boolean
  /** At least so many characters, to the left or to the right. */
  width: number
  right: boolean
  /** The question whether it can be put from the record after all; -1: always. */
  bare: number
  /** The question for the whole cell, for where its bytes cannot be put as they are. */
  question: number
  /** Of words: where the text (`struct text`) is that stands in place of the first, if it is not empty; -1: none does. */
  first: number
  /** Of seconds: so many behind the point; -1: as JavaScript writes the number. */
  decimals: number
  /** Of an enum: what is none of these is asked for. */
  names: readonly { value: number; name: string }[]
}

export interface RowPlan {
  cells: readonly RowCell[]
  /** What ends a row. */
  after: string
  /** Whether text, names and times stand in double quotes. */
  quotes: boolean
  /** What of printable ASCII text cannot have as it is. */
  escaped: string
  /** Bytes of a record's fixed part. */
  recordSize: number
  /** How many questions there are. */
  questions: number
  /** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0. */
  epochAtZero: bigint
}

/** The cell, or whether; null: nothing is to be written. */
export type RowAnswer = string | boolean | null

export interface NativeRowWriter {
  /**
   * Writes a batch's records as rows, in place of those written before: some 64 KB from that record on. Returns the number of
   * the next record. Throws what `ask` throws, and a RangeError on spans that reach beyond the bytes or are shorter than a
   * record; the rows before are there then.
   * @param from 0 begins a batch
   * @param ask answers a question about the record that begins at byte `at`
   */
  write(
    bytes: Uint8Array,
    spans: Uint32Array,
    count: number,
    from: number,
    ask: (question: number, at: number) => RowAnswer,
  ): number
  /** The rows: valid until the next write(). */
  take(): Uint8Array
  /**
   * Says that answers to the question are the same where these bytes of records are: they are kept, in place of those so far,
   * until there are too many or, if so said, for one batch. null: they depend on more.
   */
  key(
    question: number,
    places: readonly { offset: number; size: number }[] | null,
    forOneBatch: boolean,
  ): void
  /** Says when the first event was; until then seconds are asked for. `time`: CLOCK_MONOTONIC in nanoseconds. */
  first(time: number): void
  /** Says, while `ask` runs, that its answer is not to be kept. */
  skip(): void
}

export interface Addon {
  libbpfVersion(): string
  possibleCpus(): number
  /** libbpf's log (0 warning, 1 info, 2 debug) for this environment, a call's lines at the call's end; null throws it away. */
  setLog(onLine: ((level: number, text: string) => void) | null): void
  /** Reads an object file's bytes; nothing reaches the kernel yet. `kernelBtf`: a BTF file used instead of the kernel's own. */
  open(bytes: Uint8Array, options?: { name?: string; kernelBtf?: string }): NativeObject | number
  /** The kernel's BTF (no path) or a BTF file; `module`: the name of a loaded module instead. */
  openBtf(options?: { path?: string; module?: string }): NativeBtf | number
  /** 1 yes, 0 no, -errno when it cannot be told: may programs of this type call this helper here? */
  probeHelper(programType: number, helper: number): number
  probeProgramType(programType: number): number
  probeMapType(mapType: number): number
  /** Calls back once when the reader of a pipe or socket goes away; returns a handle whose close() ends the watch, or -errno. */
  watchHangup(fd: number, onHangup: () => void): { close(): void } | number
  rowWriter(plan: RowPlan): NativeRowWriter
  /** For a process that is a tool and nothing else: freed memory is given back, and V8 does nothing while nothing happens. */
  setUpProcess(): void
  /** Nanoseconds since 1970 when CLOCK_MONOTONIC was 0. */
  epochAtZero(): bigint
  /**
   * In every thread of the process, for good: keeps these capabilities (numbers of capabilities(7)) and no others, those
   * not held left out, can gain none by executing a program, and goes on as that user. -ETIMEDOUT where a thread did not
   * follow within 2 seconds.
   */
  giveUpPrivileges(keep: readonly number[], account?: Account): number
  /** 1: without CAP_BPF this kernel refuses even to read a map that is open (before 5.19). */
  readingTakesCapability(): number
}

/** A user as the kernel knows one. */
export interface Account {
  uid: number
  gid: number
  /** Supplementary groups. */
  groups: readonly number[]
}

let loaded: Addon | undefined

/** The addon, loaded on first use. Throws a CannotTraceError where there is none for this system. */
export function loadAddon(): Addon {
  loaded ??= requireAddon()
  return loaded
}

/** The same; undefined where there is none. */
export function findAddon(): Addon | undefined {
  try {
    return loadAddon()
  } catch (error) {
    if (error instanceof CannotTraceError) return undefined
    throw error
  }
}

function requireAddon(): Addon {
  // Another build of it, such as the sanitized one (test/native/asan.mjs).
  const path = env['SNOOPKIT_ADDON'] ?? addonPath()
  if (!existsSync(path)) throw new CannotTraceError(`cannot trace here: ${howToBuild(path)}`)
  return createRequire(import.meta.url)(path) as Addon
}

/** For a system that the package has no addon for, such as one with musl. */
function howToBuild(path: string): string {
  // Not into the package's own node_modules, where npm would prune or leave out what package.json says otherwise.
  const install =
    't=$(mktemp -d) && npm install --prefix "$t" @mapbox/node-pre-gyp@2 node-addon-api@8 node-gyp@12'
  const build = 'NODE_PATH="$t/node_modules" PATH="$t/node_modules/.bin:$PATH" node-pre-gyp configure build'
  return `there is no addon for this system (no ${path}); it can be built from g++, make, python3, pkg-config and libbpf's headers: cd ${fileURLToPath(packageRoot())} && ${install} && ${build}`
}

/** Where node-pre-gyp puts it. Its own find() says the same but takes 40 ms to load and answer, this 1 ms. */
export function addonPath(): string {
  const root = packageRoot()
  const { binary } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    binary: { module_name: string; module_path: string }
  }
  const words: Record<string, string> = { platform: platform(), arch: arch(), libc: libc() }
  const folder = binary.module_path.replace(/{(\w+)}/g, (whole, word: string) => words[word] ?? whole)
  return fileURLToPath(new URL(`${folder}/${binary.module_name}.node`, root))
}

/** The C library this node runs on, by the ELF interpreter it names within its first bytes. */
function libc(): 'glibc' | 'musl' {
  const start = Buffer.alloc(2048)
  const file = openSync('/proc/self/exe', 'r')
  readSync(file, start)
  closeSync(file)
  return start.includes('/ld-musl-') ? 'musl' : 'glibc'
}
