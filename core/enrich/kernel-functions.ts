// Which function of the kernel an address lies in.
import { readFileSync } from 'node:fs'
import type { Lookup } from './lookup.js'

/** Digits of an address in /proc/kallsyms. */
const DIGITS = 16

/** As /proc/kallsyms has them: `ffffffff81a0b6f0 T tcp_v4_rcv`, by address. */
export class KernelFunctions {
  /** Without hidden addresses, which are 0, and without data. All begin with as many digits: they are in the order of their numbers. */
  readonly #lines: readonly string[]

  constructor(kallsyms: string) {
    const isCode = (line: string): boolean =>
      !line.startsWith('0000') && 'tTwW'.includes(line[DIGITS + 1] ?? ' ')
    this.#lines = kallsyms.split('\n').filter(isCode).toSorted()
  }

  /** The name of the last one that begins before `address`, 16 digits in hex. */
  find(address: string): string | undefined {
    let [low, high] = [0, this.#lines.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lines[middle] as string) < address) low = middle + 1
      else high = middle
    }
    return this.#lines[low - 1]?.slice(DIGITS + 3).split('\t')[0]
  }
}

let known: KernelFunctions | undefined

/**
 * The function by an address in it, such as one to return to, of 16 digits in hex; undefined where the kernel hides its
 * addresses (kernel.kptr_restrict).
 */
export const kernelFunction: Lookup<string, string> = {
  name: 'kernelFunction',
  needs: ['CAP_SYSLOG'],
  find: (address) => (known ??= new KernelFunctions(read())).find(address),
}

function read(): string {
  try {
    return readFileSync('/proc/kallsyms', 'latin1')
  } catch {
    return ''
  }
}
