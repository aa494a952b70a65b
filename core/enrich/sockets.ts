// Which process holds a socket: what runs when a packet arrives is anybody, so the kernel side sends the socket's
// inode, and /proc says who has it open, in every network namespace.
import { readdirSync, readlinkSync } from 'node:fs'
import type { Lookup } from './lookup.js'
import { commOf } from './processes.js'
import { monotonicMs } from '../monotonic.js'

export interface SocketOwner {
  pid: number
  comm: string
}

/** How long a socket that nobody was found to hold is not looked for again, in milliseconds. */
const PATIENCE_MS = 1000

/** Looks at /proc when it is asked for a socket not seen there before, once for all sockets. */
export class SocketOwners {
  readonly #known = new Map<number, SocketOwner>()
  #scanned = Number.NEGATIVE_INFINITY

  /** The process with the lowest ID that has it open; undefined when there is none. Known ones stay, even when they end. */
  find(inode: number): SocketOwner | undefined {
    if (inode === 0) return undefined
    if (!this.#known.has(inode) && monotonicMs() - this.#scanned >= PATIENCE_MS) {
      this.#scan()
      this.#scanned = monotonicMs()
    }
    return this.#known.get(inode)
  }

  #scan(): void {
    const pids = list('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b)
    const found = new Set<number>()
    for (const pid of pids) {
      let owner: SocketOwner | undefined
      for (const fd of list(`/proc/${pid}/fd`)) {
        const inode = socketInode(`/proc/${pid}/fd/${fd}`)
        if (inode === undefined || found.has(inode)) continue
        owner ??= { pid, comm: commOf(pid) ?? '' }
        found.add(inode)
        this.#known.set(inode, owner)
      }
    }
  }
}

const owners = new SocketOwners()

/** The process that holds the socket with this inode. */
export const socketOwner: Lookup<number, SocketOwner> = {
  name: 'socketOwner',
  // To list /proc/PID/fd, and to read what is in it (proc_pid_readlink()).
  needs: ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE'],
  find: (inode) => owners.find(inode),
}

function socketInode(path: string): number | undefined {
  try {
    const found = /^socket:\[([0-9]+)\]$/.exec(readlinkSync(path))
    return found === null ? undefined : Number(found[1])
  } catch {
    return undefined
  }
}

/** Processes end while one looks at them. */
function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
