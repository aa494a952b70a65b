import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute } from './execute.js'
import type { Suite } from './kernels.js'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const mirror = process.env['SNOOPKIT_DEBIAN_MIRROR'] || 'http://deb.debian.org'

// What belongs to one version of the kernel: sid has split its image into several packages; what the headers of all flavours share is one.
export const kernelParts = {
  image: partsCalled('image|binary|modules|base'),
  headers: partsCalled('headers'),
}

// Gives `use` the package files of `root` (`NAME` or `NAME=VERSION`), for Debian's `architecture`, and of those of the `parts`
// it depends on, then deletes them.
export async function withKernelPackages(
  root: string,
  parts: RegExp,
  suites: readonly Suite[],
  architecture: string,
  use: (files: readonly string[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'snoopkit-apt-'))
  try {
    const env = await prepareApt(directory, suites, architecture)
    const downloads = join(directory, 'downloads')
    await mkdir(downloads)
    // As root, apt downloads as a user of its own, to whom these two must be open.
    await chmod(directory, 0o755)
    await chmod(downloads, 0o777)
    await execute('apt-get', ['update', '--error-on=any'], { env, signal })

    const wanted = [root]
    for (const name of wanted) {
      await execute('apt-get', ['download', name], { cwd: downloads, env, signal })
      const file = await findPackage(downloads, name)
      const depends = await execute('dpkg-deb', ['-f', file, 'Depends'], { signal })
      const found = [...depends.toString().matchAll(parts)].map(([, part, version]) => `${part}=${version}`)
      wanted.push(...found.filter((part) => !wanted.includes(part)))
    }
    await use(await Promise.all(wanted.map((name) => findPackage(downloads, name))))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

// What the package files have, all in one tree.
export async function unpackPackages(
  files: readonly string[],
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const file of files) await execute('dpkg-deb', ['-x', file, directory], { signal })
}

function partsCalled(names: string): RegExp {
  return new RegExp(String.raw`\b(linux-(?:${names})-\d[^\s,(]*) \(= ([^)]+)\)`, 'g')
}

async function findPackage(directory: string, wanted: string): Promise<string> {
  const name = wanted.split('=')[0]
  const file = (await readdir(directory)).find((entry) => entry.startsWith(`${name}_`))
  if (!file) throw new Error(`apt-get downloaded no package for ${wanted}`)
  return join(directory, file)
}

// An apt with sources and state of its own below `directory`: the machine's apt is neither used nor changed.
async function prepareApt(
  directory: string,
  suites: readonly Suite[],
  architecture: string,
): Promise<NodeJS.ProcessEnv> {
  const folders = ['etc/apt/apt.conf.d', 'etc/apt/sources.list.d', 'etc/apt/preferences.d', 'var/lib/dpkg']
  for (const folder of [...folders, 'var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    await mkdir(join(directory, folder), { recursive: true })

  const status = join(directory, 'var/lib/dpkg/status')
  await writeFile(status, '')
  await writeFile(
    join(directory, 'etc/apt/sources.list.d/snoopkit.sources'),
    suites.map((suite) => formatSource(suite, architecture)).join('\n'),
  )

  const config = join(directory, 'apt.conf')
  const settings = [
    ...(await readFetchSettings()),
    `Dir "${directory}/";`,
    `Dir::State::status "${status}";`,
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    'Acquire::Languages "none";',
    'Acquire::AllowInsecureRepositories "false";',
    'Acquire::AllowWeakRepositories "false";',
    'Acquire::AllowDowngradeToInsecureRepositories "false";',
  ]
  await writeFile(config, settings.join('\n') + '\n')
  return { ...process.env, APT_CONFIG: config, LC_ALL: 'C.UTF-8' }
}

// How this machine reaches a mirror (proxies, timeouts, retries) holds for other suites as well; its hooks do not.
async function readFetchSettings(): Promise<string[]> {
  const dump = (await execute('apt-config', ['dump'])).toString().split('\n')
  return dump.filter((line) => line.startsWith('Acquire::') && !/::(IndexTargets|Languages|Allow)/.test(line))
}

const formatSource = ({ archive, name }: Suite, architecture: string): string =>
  `Types: deb\nURIs: ${mirror}/${archive}\nSuites: ${name}\nComponents: main\n` +
  `Architectures: ${architecture}\nSigned-By: ${keyring}\n`
