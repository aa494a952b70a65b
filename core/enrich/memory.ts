// How much memory the kernel uses for what, at the time of a report.
import { readFileSync } from 'node:fs'
import type { Lookup } from './lookup.js'

/** In kilobytes, as /proc/meminfo has them. */
export interface Memory {
  /** Of block devices themselves, such as what file systems keep of theirs. */
  buffers: number
  /** Of files. */
  cached: number
}

let last: { moment: number; memory: Memory } | undefined

/** By the moment of the report: one that is asked for again is not read again. */
export const memoryAt: Lookup<number, Memory> = {
  name: 'memory',
  needs: [],
  find: (moment) => {
    if (last?.moment !== moment)
      last = { moment, memory: parseMemory(readFileSync('/proc/meminfo', 'latin1')) }
    return last.memory
  },
}

/** https://docs.kernel.org/filesystems/proc.html#meminfo */
export function parseMemory(text: string): Memory {
  const amount = (name: string): number =>
    Number(new RegExp(`^${name}: *(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
  return { buffers: amount('Buffers'), cached: amount('Cached') }
}
