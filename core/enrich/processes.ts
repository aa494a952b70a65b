// What /proc tells about processes and threads.
import { readFileSync } from 'node:fs'
import { decodeText } from '../btf/text.js'
import { completing, whole, type WordParser } from '../cli/options.js'
import type { Lookup } from './lookup.js'
import { pidNamespaces } from './namespaces.js'

const number = whole('a process ID (a whole number above 0)', 1)
const threadNumber = whole('a thread ID (a whole number above 0)', 1)

/** A process that exists. Throws a TypeError that says what is accepted. */
export const parsePid: WordParser<number> = completing('process', (word) => {
  const pid = number(word)
  const leader = leaderOf(pid)
  if (leader === undefined) throw new TypeError('the ID of a running process')
  if (leader !== pid)
    throw new TypeError(`a process, but ${pid} is a thread of process ${leader} (use --tid for threads)`)
  return pid
})

/** A thread that exists. */
export function parseTid(word: string): number {
  const tid = threadNumber(word)
  if (leaderOf(tid) === undefined) throw new TypeError('the ID of a running thread')
  return tid
}

/** The process a thread belongs to; undefined when there is no such thread. */
function leaderOf(tid: number): number | undefined {
  try {
    const found = /^Tgid:\s*([0-9]+)$/m.exec(readFileSync(`/proc/${tid}/status`, 'utf8'))
    return found === null ? undefined : Number(found[1])
  } catch {
    return undefined
  }
}

/** The name of a thread, or of a process by its first one; undefined when there is none with that number. */
export function commOf(tid: number): string | undefined {
  try {
    const bytes = readFileSync(`/proc/${tid}/comm`)
    return decodeText(bytes, 0, Math.max(bytes.length - 1, 0))
  } catch {
    return undefined
  }
}

/** What a process or thread is called when it is shown, by its number in the initial PID namespace. */
export const taskName: Lookup<number, string> = {
  name: 'taskName',
  needs: [],
  // Another namespace's /proc has others under that number.
  find: (tid) => (pidNamespaces().seen === 0 ? commOf(tid) : undefined),
}
