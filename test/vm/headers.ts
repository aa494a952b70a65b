import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { architectures } from './architectures.js'
import { fillAtOnce, findCacheDirectory } from './cache.js'
import { execute } from './execute.js'
import { prepareKernel, type PrepareOptions } from './kernel-image.js'
import { findKernel } from './kernels.js'
import { kernelParts, unpackPackages, withKernelPackages } from './packages.js'

// The headers of the kernel called `name` as it is in the cache, downloaded unless they are too. Returns the folder that has
// linux-headers-RELEASE and linux-headers-…-common, as /usr/src does. Fails when the mirror has this version no longer.
export async function prepareHeaders(name: string, options: PrepareOptions): Promise<string> {
  const { release, version } = await prepareKernel(name, options)
  const { debian } = architectures[options.architecture]
  const folder = join(findCacheDirectory(), 'headers', `${release}-${version}`)
  if ((await readdir(folder).catch(() => [])).length > 0) return folder
  options.report(`downloading the headers of ${release}`)
  await withKernelPackages(
    `linux-headers-${release}=${version}`,
    kernelParts.headers,
    findKernel(name).suites,
    debian,
    (files) => fillAtOnce(folder, (partial) => unpackHeaders(files, partial, options.signal)),
    options.signal,
  )
  return folder
}

async function unpackHeaders(files: readonly string[], folder: string, signal?: AbortSignal): Promise<void> {
  const unpacked = join(folder, 'unpacked')
  await unpackPackages(files, unpacked, signal)
  const source = join(unpacked, 'usr/src')
  for (const name of await readdir(source)) await rename(join(source, name), join(folder, name))
  await execute('rm', ['-r', unpacked])
}
