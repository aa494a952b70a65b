// Lockdown, for real: once on it cannot be taken back, so this runs after everything else in the guest.
import { writeFileSync } from 'node:fs'
import { paths } from './bpf/facts.js'
import { assert, suite } from './testing/suite.js'
import { runTool } from './testing/tool.js'

suite('lockdown', (test) => {
  test('confidentiality: one clear message, and exit status 3', async () => {
    writeFileSync(paths.lockdown, 'confidentiality')
    const { status, stdout, stderr } = await runTool('opensnoop', ['-d', '1'])
    assert.is(status, 3)
    assert.is(stdout, '')
    assert.match(
      stderr,
      /^opensnoop: cannot trace here: the kernel is in lockdown mode confidentiality \(see [^\n]+\n$/,
    )
  })

  test('doctor says so too', async () => {
    const { status, stdout } = await runTool('snoopkit', ['doctor', 'opensnoop'])
    assert.is(status, 3)
    assert.match(stdout, /^lockdown +MISSING +the kernel is in lockdown mode confidentiality/m)
    assert.match(stdout, /^opensnoop does not work here: the kernel is in lockdown mode confidentiality/m)
    assert.match(stdout, /^0 of 1 tools work here\.$/m)
  })
})
