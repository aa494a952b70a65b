import { readdirSync } from 'node:fs'
import { packageRoot } from '../root.js'
import { assert, suite } from '../testing/suite.js'
import { parseRows, runTool } from '../testing/tool.js'

const snoopkit = (...args: string[]): ReturnType<typeof runTool> => runTool('snoopkit', args)

suite('snoopkit', (test) => {
  test('finds the tools that there are', async () => {
    const { status, stdout } = await snoopkit('list', '--json')
    assert.is(status, 0)
    const rows = parseRows<{ tool: string; symptoms: string[] }>(stdout)
    assert.equal(
      rows.map(({ tool }) => tool),
      readdirSync(new URL('tools/', packageRoot())).toSorted(),
    )
    assert.ok(rows.every(({ symptoms }) => symptoms.length > 0))
  })

  test('the symptoms that send people here', async () => {
    const toolFor = async (...words: string[]): Promise<string[]> =>
      parseRows<{ tool: string }>((await snoopkit('list', '--json', ...words)).stdout).map(({ tool }) => tool)
    assert.ok((await toolFor('connections', 'refused')).includes('max_backlog'))
    assert.ok((await toolFor('disk', 'slow')).includes('biolatency'))
    assert.equal(await toolFor('starting', 'processes'), ['execsnoop'])
  })

  test("runs a tool as the tool's own command does", async () => {
    for (const args of [['--help'], ['--version'], ['--nosuch'], ['-p', 'x'], ['--json', '--csv']]) {
      const own = await runTool('opensnoop', args)
      assert.equal(await snoopkit('opensnoop', ...args), own)
    }
  })

  test('what is nearly right, and what is not', async () => {
    const near = await snoopkit('opensnop')
    assert.is(near.status, 2)
    assert.is(
      near.stderr,
      'snoopkit: there is no tool or command "opensnop"; did you mean opensnoop? snoopkit list shows the tools\n',
    )
    assert.match((await snoopkit('dcotor')).stderr, /did you mean doctor\?/)
    assert.match(
      (await snoopkit('xyzzy')).stderr,
      /^snoopkit: there is no tool or command "xyzzy"; snoopkit /,
    )
    assert.match(
      (await snoopkit('list', '--jsn')).stderr,
      /^snoopkit: unknown option --jsn; did you mean --json\?/,
    )
    assert.match((await snoopkit('doctor', 'opensno')).stderr, /"opensno"; did you mean opensnoop\?/)
    assert.match((await snoopkit('completion', 'tcsh')).stderr, /one of bash, zsh, fish, not "tcsh"/)
    assert.match((await snoopkit('completion')).stderr, /one of bash, zsh, fish, not nothing/)
    assert.match((await snoopkit('../opensnoop')).stderr, /there is no tool/)
    for (const args of [['xyzzy'], ['list', '--jsn'], ['list', 'xyzzy'], ['completion']])
      assert.is((await snoopkit(...args)).status, 2)
  })

  test('help: of all, and of each command', async () => {
    const all = await snoopkit()
    assert.equal(await snoopkit('--help'), all)
    assert.is(all.stderr, '')
    for (const words of ['snoopkit list [WORD…]', 'snoopkit doctor', 'opensnoop', '-V, --version'])
      assert.ok(all.stdout.includes(words), words)
    assert.match((await snoopkit('doctor', '--help')).stdout, /Usage: snoopkit doctor/)
    assert.match((await snoopkit('--version')).stdout, /^\d+\.\d+\.\d+\n$/)
  })
})
