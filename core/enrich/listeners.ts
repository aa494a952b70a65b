// The kernel's own list of listening TCP sockets, /proc/PID/net/tcp and tcp6, in every network namespace that a process
// lives in.
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'

/** As seq_file hands out. */
const PAGE = 4096

const LISTEN = '0A'

/**
 * Reads the lists as far as listeners go, which come first, and returns how many there are. The kernel goes from one to
 * the next meanwhile, which a BPF program may watch.
 */
export function showListeners(): number {
  const shown = new Set<string>()
  let listeners = 0
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    const namespace = namespaceOf(pid)
    if (namespace === undefined || shown.has(namespace)) continue
    shown.add(namespace)
    listeners += countListeners(`/proc/${pid}/net/tcp`) + countListeners(`/proc/${pid}/net/tcp6`)
  }
  return listeners
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

/** Processes end, and IPv6 may not be there. */
function countListeners(path: string): number {
  try {
    const file = openSync(path, 'r')
    try {
      return listenersIn(file)
    } finally {
      closeSync(file)
    }
  } catch {
    return 0
  }
}

function listenersIn(file: number): number {
  const buffer = Buffer.alloc(PAGE)
  let [count, rest] = [0, '']
  for (;;) {
    const size = readSync(file, buffer)
    const lines = (rest + buffer.toString('latin1', 0, size)).split('\n')
    rest = lines.pop() ?? ''
    const states = lines.map((line) => line.trimStart().split(/ +/)[3])
    count += states.filter((state) => state === LISTEN).length
    if (size === 0 || states.some((state) => state !== LISTEN && state !== 'st')) return count
  }
}
