// The addon's own tests under the address and undefined-behaviour sanitizers: built anew, unprivileged.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../../core/root.js'
import { suite } from '../../core/testing/suite.js'

suite('sanitizers', (test) => {
  test(
    'no report from the tests of the addon',
    () => {
      const script = fileURLToPath(new URL('test/native/asan.mjs', packageRoot()))
      const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`${stdout}${stderr}`.slice(-4000))
    },
    { limit: 600_000 },
  )
})
