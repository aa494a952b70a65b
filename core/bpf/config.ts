// What the running kernel was built with, where it can be read.
import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { createRequire } from 'node:module'

/** Where it may lie; the kernel's own account of itself first. */
export const configPaths = ['/proc/config.gz', `/boot/config-${release()}`] as const

/** The text, `CONFIG_X=y` a line; undefined where there is none to be read. */
export function readConfig(): string | undefined {
  for (const path of configPaths) {
    try {
      const bytes = readFileSync(path)
      return (path.endsWith('.gz') ? unzip(bytes) : bytes).toString('latin1')
    } catch {
      // the other one
    }
  }
  return undefined
}

/** Node's zlib loads all its streams: only where something is compressed. */
function unzip(bytes: Buffer): Buffer {
  const { gunzipSync } = createRequire(import.meta.url)('node:zlib') as typeof import('node:zlib')
  return gunzipSync(bytes)
}

/** Those of these options, named without CONFIG_, that are neither built in nor modules. */
export function unsetOptions(config: string, names: readonly string[]): string[] {
  return names.filter((name) => !new RegExp(`^CONFIG_${name}=[ym]$`, 'm').test(config))
}
