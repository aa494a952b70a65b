// Namespaces by the inodes that name them: --netns, and the PID namespace that the tool itself runs in.
import { statfsSync, statSync } from 'node:fs'

// uapi/linux/magic.h, linux/proc_ns.h
const NSFS = 0x6e736673
const INITIAL_PID_NAMESPACE = 0xeffffffc

/** A network namespace: its inode, a path such as /proc/PID/ns/net, or what `ip netns` calls it. Throws a TypeError. */
export function parseNetns(word: string): number {
  if (/^[0-9]+$/.test(word) && Number(word) > 0 && Number(word) < 2 ** 32) return Number(word)
  const path = word.includes('/') ? word : `/run/netns/${word}`
  const inode = word === '' ? undefined : namespaceInode(path)
  if (inode === undefined)
    throw new TypeError(
      'a network namespace: its inode, a path such as /proc/PID/ns/net, or a name of ip netns',
    )
  return inode
}

/** PID namespaces by inode, 0 for the initial one: the tool's own, and the one whose numbers /proc shows. */
export function pidNamespaces(): { own: number; seen: number } {
  const own = namespaceInode('/proc/self/ns/pid')
  const seen = namespaceInode('/proc/1/ns/pid') ?? own
  return { own: orInitial(own), seen: orInitial(seen) }
}

function orInitial(inode: number | undefined): number {
  return inode === undefined || inode === INITIAL_PID_NAMESPACE ? 0 : inode
}

function namespaceInode(path: string): number | undefined {
  try {
    return statfsSync(path).type === NSFS ? statSync(path).ino : undefined
  } catch {
    return undefined
  }
}
