// What of BPF is in the kernel, and whether somebody still holds it.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { runProgram } from '../../core/testing/tool.js'

const kinds = ['prog', 'map', 'link', 'btf'] as const
type Kind = (typeof kinds)[number]

/** Numbers of all objects, by their kind. */
export type KernelObjects = Readonly<Record<Kind, readonly number[]>>

/** The kernel frees them some time after their last holder is gone: on a busy emulated machine more than 20 seconds. */
const FREED_WITHIN_MS = 60_000

/** All there are now. */
export async function kernelObjects(): Promise<KernelObjects> {
  const lists = []
  for (const kind of kinds) lists.push([kind, await idsOf(kind)] as const)
  return Object.fromEntries(lists) as unknown as KernelObjects
}

async function idsOf(kind: Kind): Promise<number[]> {
  const { status, stdout, stderr } = await runProgram(['bpftool', '-j', kind, 'list'])
  if (status !== 0) throw new Error(`bpftool ${kind} list: ${stderr}`)
  return (JSON.parse(stdout || '[]') as { id: number }[]).map(({ id }) => id)
}

/** What is there now and was not `before`, once nothing goes away any more: such as `3 prog`. */
export async function left(before: KernelObjects): Promise<string[]> {
  return await waitForNone(async () => {
    const now = await kernelObjects()
    const more = kinds.map((kind) => [kind, without(now[kind], before[kind]).length] as const)
    return more.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`)
  })
}

/** Programs that no process holds any more, and that were not there `before`. */
export async function orphans(before: KernelObjects): Promise<number[]> {
  return await waitForNone(async () => {
    const now = await idsOf('prog')
    return without(now, [...before.prog, ...heldPrograms()])
  })
}

function without(all: readonly number[], some: readonly number[]): number[] {
  const known = new Set(some)
  return all.filter((id) => !known.has(id))
}

async function waitForNone<T>(find: () => Promise<T[]>): Promise<T[]> {
  const limit = performance.now() + FREED_WITHIN_MS
  for (;;) {
    const found = await find()
    if (found.length === 0 || performance.now() > limit) return found
    await sleep(500)
  }
}

/** Of the descriptors of all processes: fdinfo says of programs and links which program it is. */
function heldPrograms(): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes.flatMap((pid) =>
    entries(`/proc/${pid}/fdinfo`).flatMap((file) =>
      [...read(file).matchAll(/^prog_id:\s*(\d+)/gm)].map(([, id]) => Number(id)),
    ),
  )
}

// Processes end and descriptors are closed while one looks.
function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
