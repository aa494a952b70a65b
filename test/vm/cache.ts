import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Where kernels and what is made of them are kept between runs, outside the repository.
export function findCacheDirectory(): string {
  const { SNOOPKIT_CACHE: own, XDG_CACHE_HOME: xdg } = process.env
  return join(own || join(xdg || join(homedir(), '.cache'), 'snoopkit'), 'vm')
}

// Makes `target` by `fill`, so that it is there whole or not at all, also with several runs at a time.
export async function fillAtOnce(target: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${target}.partial-${process.pid}`
  await mkdir(join(target, '..'), { recursive: true })
  try {
    await fill(partial)
    await rename(partial, target).catch((error: NodeJS.ErrnoException) => {
      // Another run was faster, and made the same thing.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}
