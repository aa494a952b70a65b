// What a shared object needs and offers, as readelf says, for any architecture.
import { execFileSync } from 'node:child_process'

export interface SharedObject {
  machine: string
  /** Sonames. */
  libraries: string[]
  /** Of each family of symbol versions the newest needed, such as `GLIBC` and `2.28`. */
  newest: Map<string, string>
  exports: string[]
  sections: string[]
}

/** Reads one. */
export function readSharedObject(path: string): SharedObject {
  const readelf = (...args: string[]): string =>
    execFileSync('readelf', ['-W', ...args, path], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const all = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, one = '']) => one)
  const symbols = readelf('--dyn-syms')
  return {
    machine: all(readelf('-h'), /Machine:\s+(.+)/g)[0] ?? '',
    libraries: all(readelf('-d'), /\(NEEDED\).*\[(.+)\]/g),
    newest: newestOf(all(readelf('-V'), /Name: (\w+_[\d.]+)\s+Flags/g)),
    exports: all(symbols, /(?:GLOBAL|WEAK)\s+DEFAULT\s+\d+\s+([^\s@]+)/g),
    sections: all(readelf('-S'), /\[ *\d+\] (\.\S+)/g),
  }
}

function newestOf(versions: readonly string[]): Map<string, string> {
  const newest = new Map<string, string>()
  for (const version of versions) {
    const [family = '', number = ''] = version.split('_')
    if (isNewer(number, newest.get(family) ?? '0')) newest.set(family, number)
  }
  return newest
}

/** Whether version `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0
}
