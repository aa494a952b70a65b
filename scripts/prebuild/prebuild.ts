// npm run prebuild: the addon for every target, with libbpf, libelf and zlib inside, built in a root of an old Debian.
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../../core/root.js'
import { asRoot } from '../debian/as-root.js'
import { prepareRoot } from '../debian/root.js'
import { fetchSource } from '../debian/sources.js'
import {
  buildIdOf,
  buildRoot,
  builtAddon,
  compilerFlags,
  headers,
  isBuilt,
  librariesId,
  sources,
  type Target,
  targets,
} from './targets.js'

const root = fileURLToPath(packageRoot())

const missing = targets.filter((target) => !isBuilt(target))
if (missing.length > 0) buildAll(missing)

function buildAll(wanted: readonly Target[]): void {
  const chroot = prepareRoot(buildRoot)
  const log = join(tmpdir(), `snoopkit-prebuild-${process.pid}.log`)
  const output = openSync(log, 'w')
  const inRoot = (...command: string[]): void => asRoot('chroot', [chroot, ...command], output)
  try {
    bringInputs(chroot)
    for (const target of wanted) {
      console.error(`building the addon for ${target.folder}`)
      const stage = `/libraries/${target.triplet}-${librariesId()}`
      if (!existsSync(`${chroot}${stage}`)) {
        bringSources(chroot, inRoot)
        inRoot('mkdir', '-p', '/libraries')
        inRoot('env', `CFLAGS=${compilerFlags}`, 'sh', '/build/libraries.sh', target.triplet, stage)
      }
      inRoot(
        'env',
        `CFLAGS=${compilerFlags}`,
        'sh',
        '/build/addon.sh',
        target.triplet,
        stage,
        buildIdOf(target),
      )
      mkdirSync(dirname(builtAddon(target)), { recursive: true })
      copyFileSync(join(chroot, 'build/out', `${target.triplet}.node`), builtAddon(target))
    }
    rmSync(log)
  } catch (error) {
    console.error(`what was said is in ${log}`)
    throw error
  } finally {
    closeSync(output)
  }
}

/** Lays what is ours into the root's /build. */
function bringInputs(chroot: string): void {
  const inputs = mkdtempSync(join(tmpdir(), 'snoopkit-prebuild-'))
  try {
    for (const name of headers)
      cpSync(`${root}node_modules/${name}`, join(inputs, 'package', name), { recursive: true })
    cpSync(`${root}core/native`, join(inputs, 'package/native'), { recursive: true })
    cpSync(`${root}scripts/prebuild/exports.map`, join(inputs, 'package/exports.map'))
    for (const name of ['libraries.sh', 'addon.sh'])
      cpSync(`${root}scripts/prebuild/${name}`, join(inputs, name))
    asRoot('rm', ['-rf', join(chroot, 'build')])
    asRoot('cp', ['-r', inputs, join(chroot, 'build')])
    asRoot('chmod', ['755', join(chroot, 'build')])
  } finally {
    rmSync(inputs, { recursive: true })
  }
}

/** Unpacks the libraries' sources, with Debian's patches, into its /build/src. */
function bringSources(chroot: string, inRoot: (...command: string[]) => void): void {
  inRoot('rm', '-rf', '/build/src')
  inRoot('mkdir', '-p', '/build/src', '/build/files')
  for (const source of sources) {
    const files = fetchSource(source)
    asRoot('cp', [...files, join(chroot, 'build/files')])
    const dsc = `/build/files/${basename(files[0] as string)}`
    inRoot('dpkg-source', '--no-check', '--require-strong-checksums', '-x', dsc, `/build/src/${source.name}`)
  }
}
