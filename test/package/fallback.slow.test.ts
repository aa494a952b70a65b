// Where the package has no addon for the system: it says how to build one, and that works.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../../core/testing/suite.js'
import { targets } from '../../scripts/prebuild/targets.js'
import { tarball } from './packed.js'

suite('fallback', (test) => {
  test('the command in the message builds the addon against the libbpf that is here', () => {
    const folder = mkdtempSync(join(tmpdir(), 'snoopkit-fallback-'))
    try {
      execFileSync('npm', ['install', '--ignore-scripts', '--prefix', folder, tarball], { stdio: 'pipe' })
      const snoopkit = join(folder, 'node_modules/snoopkit')
      for (const target of targets) rmSync(join(snoopkit, 'prebuilds', target.folder), { recursive: true })

      const run = (): { status: number | null; stderr: string } =>
        spawnSync(process.execPath, [join(snoopkit, 'dist/bin/opensnoop.js'), '--dry-run'], {
          encoding: 'utf8',
        })
      const refused = run()
      assert.is(refused.status, 3)
      const [, command = ''] =
        /^opensnoop: cannot trace here: there is no addon .*?: (cd .*)$/m.exec(refused.stderr) ?? []
      assert.ok(command.startsWith(`cd ${snoopkit}/ && `), refused.stderr)
      // Headers that came with this Node.js, where there are any; else node-gyp downloads them.
      const prefix = join(process.execPath, '../..')
      const nodedir = existsSync(join(prefix, 'include/node/node_api.h'))
        ? { npm_config_nodedir: prefix }
        : {}
      execFileSync('sh', ['-euc', command], { stdio: 'pipe', env: { ...process.env, ...nodedir } })
      assert.not.match(run().stderr, /addon/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
