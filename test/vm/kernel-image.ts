import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillAtOnce, findCacheDirectory } from './cache.js'
import { execute } from './execute.js'
import { type ArchitectureName, architectures, kernelMetapackage } from './architectures.js'
import { findKernel, type Kernel } from './kernels.js'
import { kernelParts, unpackPackages, withKernelPackages } from './packages.js'
import { extractVmlinux } from './vmlinux.js'

// A kernel in the cache, ready to boot.
export interface KernelImage {
  // What `uname -r` will say.
  readonly release: string
  // The version of its Debian package.
  readonly version: string
  // The file that QEMU boots.
  readonly kernel: string
  // The indexed tree of its modules, what the guest has at /lib/modules/<release>.
  readonly modules: string
}

export interface PrepareOptions {
  readonly architecture: ArchitectureName
  // Asks the mirror for the newest package, even if one is cached.
  readonly update?: boolean
  readonly report: (message: string) => void
  readonly signal?: AbortSignal | undefined
}

// The kernel called `name`, downloaded unless it is cached.
export async function prepareKernel(name: string, options: PrepareOptions): Promise<KernelImage> {
  const kernel = findKernel(name)
  const cached = await readCachedImage(kernel, options.architecture)
  if (cached && !options.update) return cached
  try {
    return await downloadKernel(kernel, options)
  } catch (error) {
    if (!cached || options.signal?.aborted) throw error
    options.report(`using the cached kernel ${cached.release}: ${(error as Error).message}`)
    return cached
  }
}

async function downloadKernel(kernel: Kernel, options: PrepareOptions): Promise<KernelImage> {
  const { report, signal } = options
  const architecture = architectures[options.architecture]
  const metapackage = kernelMetapackage(architecture)
  const root = findKernelsDirectory()
  let image: KernelImage | undefined
  report(`downloading the kernel of ${kernel.suites.map(({ name }) => name).join(' and ')}`)
  await withKernelPackages(
    metapackage,
    kernelParts.image,
    kernel.suites,
    architecture.debian,
    async ([meta = '', ...files]) => {
      const version = (await execute('dpkg-deb', ['-f', meta, 'Version'])).toString().trim()
      const directory = join(root, folderOf(version, options.architecture))
      const entries = await readdir(directory).catch(() => [])
      if (entries.length === 0) {
        report(`unpacking ${metapackage} ${version}`)
        await fillAtOnce(directory, (partial) => unpackKernel(files, partial, signal))
      }
      image = await describeImage(directory, version)
    },
    signal,
  )
  if (!image) throw new Error('no kernel was downloaded')
  await writeFile(findIndexFile(kernel, options.architecture), JSON.stringify(image, undefined, 2) + '\n')
  return image
}

// Leaves vmlinux or vmlinuz and lib/modules/<release> in `directory`; since 6.12 they are packed below usr.
async function unpackKernel(
  files: readonly string[],
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const unpacked = join(directory, 'unpacked')
  await unpackPackages(files, unpacked, signal)

  await mkdir(join(directory, 'lib'))
  const modules = join(directory, 'lib', 'modules')
  await rename(join(unpacked, 'usr/lib/modules'), modules).catch(() =>
    rename(join(unpacked, 'lib/modules'), modules),
  )
  const release = await readRelease(directory)
  const bzImage = join(directory, 'vmlinuz')
  await cp(join(modules, release, 'vmlinuz'), bzImage).catch(() =>
    cp(join(unpacked, 'boot', `vmlinuz-${release}`), bzImage),
  )
  await execute('rm', ['-r', unpacked])
  await execute('/sbin/depmod', ['-b', directory, release], { signal })

  const vmlinux = await extractVmlinux(await readFile(bzImage), signal)
  if (vmlinux) await writeFile(join(directory, 'vmlinux'), vmlinux)
}

async function describeImage(directory: string, version: string): Promise<KernelImage> {
  const release = await readRelease(directory)
  const kernel = (await readdir(directory)).includes('vmlinux') ? 'vmlinux' : 'vmlinuz'
  return {
    release,
    version,
    kernel: join(directory, kernel),
    modules: join(directory, 'lib/modules', release),
  }
}

async function readRelease(directory: string): Promise<string> {
  const [release, ...others] = await readdir(join(directory, 'lib/modules'))
  if (!release || others.length > 0) throw new Error(`expected the modules of one kernel in ${directory}`)
  return release
}

async function readCachedImage(
  kernel: Kernel,
  architecture: ArchitectureName,
): Promise<KernelImage | undefined> {
  try {
    const image = JSON.parse(await readFile(findIndexFile(kernel, architecture), 'utf8')) as KernelImage
    await readdir(image.modules)
    return image
  } catch {
    return undefined
  }
}

const findKernelsDirectory = (): string => join(findCacheDirectory(), 'kernels')
const suffixOf = (architecture: ArchitectureName): string =>
  architecture === 'x64' ? '' : `-${architecture}`
const folderOf = (version: string, architecture: ArchitectureName): string =>
  `linux-${version}${suffixOf(architecture)}`
const findIndexFile = (kernel: Kernel, architecture: ArchitectureName): string =>
  join(findKernelsDirectory(), `${kernel.names[0]}${suffixOf(architecture)}.json`)
