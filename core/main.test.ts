// The edge of the process, as its user meets it.
import { runProgram, entryOf } from './testing/tool.js'
import { assert, suite } from './testing/suite.js'
import { exit } from './errors.js'

/** What opensnoop answers on a system the package has no addon for. */
async function runWithoutAddon(...words: string[]): ReturnType<typeof runProgram> {
  return await runProgram([
    'env',
    'SNOOPKIT_ADDON=/nowhere',
    process.execPath,
    entryOf('opensnoop'),
    ...words,
  ])
}

suite('without an addon', (test) => {
  test('--help helps', async () => {
    const { status, stdout, stderr } = await runWithoutAddon('--help')
    assert.is(status, exit.done, stderr)
    assert.match(stdout, /--duration/)
  })

  test('a wrong option is named', async () => {
    const { status, stderr } = await runWithoutAddon('--wrong')
    assert.is(status, exit.usage)
    assert.match(stderr, /^opensnoop: unknown option --wrong; /)
  })

  test('tracing says how to build one', async () => {
    const { status, stderr } = await runWithoutAddon('-d', '1')
    assert.is(status, exit.cannotTrace)
    assert.match(stderr, /^opensnoop: cannot trace here: there is no addon for this system .*node-pre-gyp/)
  })
})
