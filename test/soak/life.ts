// Short lives of tools: each is started, has something to see, meets with one fault, and is judged by how it ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ended, parseClosing, runProgram, runTool } from '../../core/testing/tool.js'
import { type KernelObjects, orphans } from './kernel-objects.js'
import type { Random } from './random.js'
import type { SubjectTool } from './subjects.js'
import { Tracer } from './tracer.js'

/** What a life ends with, or what happens to it before it is ended. */
export const fates = ['killed', 'stopped', 'blocked', 'recorded', 'disk full'] as const
export type Fate = (typeof fates)[number]

/** A disk that a recording fills; its frames of one batch are smaller. */
const SMALL_DISK = '64k'

export interface Life {
  readonly tool: SubjectTool
  readonly random: Random
  /** Does something for it to see; returns how much. */
  readonly load: () => Promise<number>
  /** What was in the kernel before the first life. */
  readonly before: KernelObjects
  readonly breach: (what: string) => void
}

/** Lives one life; resolves once nothing is left of it. */
export async function live(fate: Fate, life: Life): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'life-'))
  const file = join(folder, 'recording')
  try {
    if (fate === 'disk full') await fillDisk(life, folder, file)
    else if (fate === 'recorded') await record(life, file)
    else if (fate === 'killed') await kill(life, file)
    else await disturb(fate, life)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Seconds in which the process does not run, or nobody reads what it writes, beside a load. */
async function disturb(fate: 'stopped' | 'blocked', { tool, random, load, breach }: Life): Promise<void> {
  const tracer = await Tracer.start(tool)
  const loading = load()
  await pester(tracer, fate, random)
  await tracer.finish((await loading) + (await load()), breach)
}

/** Stops it or its reader for some seconds. */
export async function pester(tracer: Tracer, fate: 'stopped' | 'blocked', random: Random): Promise<void> {
  if (fate === 'stopped') tracer.signal('SIGSTOP')
  else tracer.block()
  await sleep(random.whole(500, 4000))
  if (fate === 'stopped') tracer.signal('SIGCONT')
  else tracer.unblock()
}

/** kill -9 while it traces and records: the kernel has nothing of it any more, and what it recorded can be replayed. */
async function kill({ tool, random, load, before, breach }: Life, file: string): Promise<void> {
  const tracer = await Tracer.start(tool, ['--record', file])
  const loading = load()
  await sleep(random.whole(0, 1500))
  await tracer.stop('SIGKILL')
  const made = await loading
  const left = await orphans(before)
  if (left.length > 0) breach(`killed, and programs ${left.join(', ')} have stayed in the kernel`)
  const replayed = await replay(tool, file)
  if (replayed.status !== 0)
    breach(`killed, and the replay ended with ${replayed.status}: ${replayed.stderr}`)
  if (replayed.seen > made) breach(`killed, and the replay has ${replayed.seen} of ${made} made`)
}

/** A recording that was ended says what the run itself said, and has what a reader that was behind did not take any more. */
async function record({ tool, load, breach }: Life, file: string): Promise<void> {
  const tracer = await Tracer.start(tool, ['--record', file])
  const { seen, lost } = await tracer.finish(await load(), breach)
  const replayed = await replay(tool, file)
  const again = replayed.status === 0 ? parseClosing(replayed.stderr).lost : Number.NaN
  if (replayed.seen < seen || replayed.seen + again !== seen + lost)
    breach(`${seen} seen and ${lost} lost, but replayed ${replayed.seen} and ${again}: ${replayed.stderr}`)
}

/** One message and status 74 when the disk is full; what was recorded before that can be replayed. */
async function fillDisk({ tool, load, breach }: Life, folder: string, file: string): Promise<void> {
  await runProgram(['mount', '-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'none', folder])
  try {
    const tracer = await Tracer.start(tool, ['--record', file])
    let made = 0
    while (tracer.runs) made += await load()
    const { status, stderr } = await tracer.stop()
    const said = stderr.split('\n').filter((line) => line.includes(file))
    if (status !== 74 || said.length !== 1 || !/ENOSPC; what was recorded before/.test(said[0] ?? ''))
      breach(`the disk was full, and it ended with ${status}: ${stderr}`)
    const replayed = await replay(tool, file)
    if (replayed.status !== 0 || !replayed.stderr.includes('breaks off'))
      breach(`the disk was full, and the replay ended with ${replayed.status}: ${replayed.stderr}`)
    if (replayed.seen > made) breach(`the disk was full, and the replay has ${replayed.seen} of ${made} made`)
  } finally {
    await runProgram(['umount', folder])
  }
}

async function replay(tool: SubjectTool, file: string): Promise<Ended & { seen: number }> {
  const ended = await runTool(tool.name, ['--replay', file, '--json'])
  const seen = ended.stdout
    .split('\n')
    .slice(0, -1)
    .reduce((sum, line) => sum + tool.count(line), 0)
  return { ...ended, seen }
}
