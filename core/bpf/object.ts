// One BPF object in the kernel: opened from prebuilds/, its constants set, its programs loaded and attached.
import { readFileSync } from 'node:fs'
import { arch } from 'node:os'
import { type Btf, parseBtf } from '../btf/parse.js'
import { packageRoot } from '../root.js'
import { loadAddon, type NativeObject, type NativeStream, type OnBatch } from './addon.js'
import { isFtraceOff } from './settings.js'
import { decodeValue, encodeValue, type Global, globalsOf } from './globals.js'

/** How the kernel side tells the consumer apart: see bpf-src/lib/events.bpf.h. */
const AWAKE = 'consumer_awake'

const architectures: Record<string, string> = { x64: 'x86', arm64: 'arm64' }

const EBUSY = 16
const EINVAL = 22
const ENOENT = 2

/** libbpf's level for every relocation it makes; the verifier's words come as warnings. */
const DEBUG = 2

/** An attempt that failed: at which step, on what, and with which errno. */
export class BpfFailure extends Error {
  override name = 'BpfFailure'
  readonly step: 'open' | 'load' | 'attach'
  readonly errno: number
  /** libbpf's own words, for --verbose. */
  readonly log: readonly string[]

  constructor(step: 'open' | 'load' | 'attach', what: string, errno: number, log: readonly string[]) {
    super(`cannot ${step} ${what}`)
    this.step = step
    this.errno = errno
    this.log = log
  }

  /** The kernel refused memory for a map. EINVAL: it has no such maps. */
  get isMapRefused(): boolean {
    return this.errno !== EINVAL && this.log.some((line) => /\bmap '[^']*': failed to create/.test(line))
  }
}

export interface OpenedObject {
  readonly native: NativeObject
  readonly btf: Btf
  readonly globals: ReadonlyMap<string, Global>
}

/** Reads and opens an object; nothing reaches the kernel. `kernelBtf`: a file in place of the kernel's own types. */
export function openObject(name: string, kernelBtf?: string): OpenedObject {
  const architecture = architectures[arch()]
  const url = new URL(`prebuilds/bpf/${architecture}/${name}.bpf.o`, packageRoot())
  const native = check<NativeObject>('open', name, () =>
    loadAddon().open(readFileSync(url), {
      name: name.slice(0, 15),
      ...(kernelBtf !== undefined && { kernelBtf }),
    }),
  )
  const btf = parseBtf(native.btf())
  return { native, btf, globals: globalsOf(btf) }
}

/** Sets constants by name; names the object does not have are the caller's bug and throw. */
export function setConstants(object: OpenedObject, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    const variable = object.globals.get(name)
    if (variable === undefined) throw new Error(`the object has no constant ${name}`)
    object.native.setData(variable.section, variable.offset, encodeValue(variable, value))
  }
}

/** Functions that programs attach to, where their sections do not say it. */
export type Targets = Readonly<Record<string, readonly string[]>>

/** Loads these programs and no others, then, after `ready`, attaches them by their sections or to `targets`. Throws a BpfFailure. */
export function loadAndAttach(
  object: OpenedObject,
  programs: readonly string[],
  targets: Targets,
  ready: () => void,
): number[] {
  const { native } = object
  refuseTrampolines(native, programs)
  const all = native.programs()
  for (const { name } of all) native.setAutoload(name, programs.includes(name))
  const sections = new Map(all.map(({ name, section }) => [name, section]))
  for (const program of programs)
    if (isTrampoline(sections.get(program)))
      firstOf(targets[program], program, (target) => native.setAttachTarget(program, target))
  check('load', programs.join(', '), () => native.load())
  ready()
  return programs.map((program) => {
    const [kind, name] = (sections.get(program) ?? '').split('/')
    // By its section alone libbpf would look for names of that pattern, through all that the kernel has.
    if (kind === 'kretprobe.multi' || ((kind === 'kprobe' || kind === 'kretprobe') && name === undefined))
      return firstOf(name === undefined ? (targets[program] ?? []) : [name], program, (target) =>
        native.attach(program, { kind, function: target }),
      )
    return check<number>('attach', program, () => native.attach(program))
  })
}

/** The first of these functions that it works with; 0 where none need be named. Throws the last one's BpfFailure. */
function firstOf(
  functions: readonly string[] | undefined,
  program: string,
  attempt: (target: string) => number,
): number {
  if (functions === undefined) return 0
  let failure = new BpfFailure('attach', program, ENOENT, [])
  for (const target of functions) {
    try {
      return check<number>('attach', `${program} to ${target}`, () => attempt(target))
    } catch (error) {
      if (!(error instanceof BpfFailure)) throw error
      failure = error
    }
  }
  throw failure
}

/** fentry and fexit, whose functions have to be known before they are loaded. */
function isTrampoline(section: string | undefined): boolean {
  return section !== undefined && /^f(entry|exit)(\/|$)/.test(section)
}

/** With ftrace switched off 5.10 refuses to attach fentry and fexit; 6.1 and 7.2 attach, and see nothing. */
function refuseTrampolines(native: NativeObject, programs: readonly string[]): void {
  const hooked = native
    .programs()
    .find(({ name, section }) => programs.includes(name) && isTrampoline(section))
  if (hooked !== undefined && isFtraceOff()) throw new BpfFailure('attach', hooked.name, EBUSY, [])
}

/** The live value of a global variable of the kernel side. */
export function readGlobal(object: OpenedObject, name: string): number | bigint | boolean {
  const variable = findGlobal(object, name)
  const section = object.native.data(variable.section)
  if (typeof section === 'number') throw new Error(`the variable ${name} cannot be read: errno ${-section}`)
  return decodeValue(variable, section)
}

/** Changes a global variable of the kernel side while it runs. */
export function writeGlobal(object: OpenedObject, name: string, value: number | bigint | boolean): void {
  const variable = findGlobal(object, name)
  const error = object.native.setData(variable.section, variable.offset, encodeValue(variable, value))
  if (error < 0) throw new Error(`the variable ${name} cannot be written: errno ${-error}`)
}

function findGlobal(object: OpenedObject, name: string): Global {
  const variable = object.globals.get(name)
  if (variable === undefined) throw new Error(`the object has no variable ${name}`)
  return variable
}

/** Starts reading a ring buffer: at once when the system is quiet, in batches when it is not. */
export function openStream(object: OpenedObject, map: string, onBatch: OnBatch): NativeStream {
  const awake = object.globals.get(AWAKE)
  return check<NativeStream>('open', map, () =>
    object.native.stream(
      map,
      {
        ...(awake !== undefined && { awake: { map: awake.section, offset: awake.offset } }),
        intervalMs: 50,
        quietTicks: 3,
        lastLookMs: 100,
        batchBytes: 1 << 18,
      },
      onBatch,
    ),
  )
}

/** Runs one native call and turns a negative errno into a BpfFailure with libbpf's log. */
function check<T>(step: BpfFailure['step'], what: string, call: () => T | number): T {
  const log: string[] = []
  loadAddon().setLog((level, line) => {
    if (level < DEBUG) log.push(line.trimEnd())
  })
  const result = call()
  loadAddon().setLog(null)
  if (typeof result === 'number' && result < 0) throw new BpfFailure(step, what, -result, log)
  return result as T
}
