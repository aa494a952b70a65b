// The addons in the tarball: self-contained, and no more demanding than the Node.js that loads them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../../core/testing/suite.js'
import { targets } from '../../scripts/prebuild/targets.js'
import { isNewer, readSharedObject } from './elf.js'
import { fetchNode } from './node-releases.js'
import { tarball } from './packed.js'

const machines: Record<string, string> = {
  'linux-x64-glibc': 'Advanced Micro Devices X86-64',
  'linux-arm64-glibc': 'AArch64',
}
const systemLibrary = /^(libstdc\+\+|libgcc_s|libpthread|libc|libm|ld-linux-.*)\.so\.\d+$/

suite('prebuilt addons', (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'snoopkit-prebuilt-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  execFileSync('tar', ['-xzf', tarball, '-C', folder])
  const node = readSharedObject(fetchNode(20))

  for (const { folder: target } of targets) {
    const path = join(folder, 'package/prebuilds', target, 'snoopkit.node')

    test(`${target}: libbpf, libelf and zlib are inside, and nobody sees them`, () => {
      const addon = readSharedObject(path)
      assert.is(addon.machine, machines[target])
      for (const library of addon.libraries) assert.match(library, systemLibrary)
      assert.equal(addon.exports.toSorted(), [
        'napi_register_module_v1',
        'node_api_module_get_api_version_v1',
      ])
      assert.not.ok(addon.sections.includes('.symtab'), 'stripped')
      assert.not.ok(addon.sections.includes('.debug_info'), 'stripped')
      assert.ok(statSync(path).size < 1_000_000)
    })

    test(`${target}: needs nothing newer than Node.js 20 itself, nor glibc after 2.28`, () => {
      const { newest } = readSharedObject(path)
      assert.ok(newest.has('GLIBC') && newest.has('GLIBCXX'))
      for (const [family, version] of newest)
        assert.not.ok(isNewer(version, node.newest.get(family) ?? '0'), `${family}_${version}`)
      assert.not.ok(isNewer(newest.get('GLIBC') ?? '', '2.28'))
    })
  }
})
