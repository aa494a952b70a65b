import { assert, suite } from '../testing/suite.js'
import type { Tool } from '../tool.js'
import { biolatency } from '../../tools/biolatency/biolatency.js'
import { opensnoop } from '../../tools/opensnoop/opensnoop.js'
import { optionsOf } from './catalog.js'
import { renderHelp, WIDEST } from './help.js'

const helpOf = (tool: Tool, width: number): Promise<string> => renderHelp(tool, optionsOf(tool), width)
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

suite('help', (test) => {
  test('what it is about comes first, what is the same everywhere last', async () => {
    const text = await helpOf(opensnoop, 80)
    const headings = text.split('\n').filter((line) => /^\w.*:$/.test(line))
    assert.equal(headings, ['Which events:', 'Output:', 'Running:', 'Examples:', 'Not seen:'])
    const first = /Which events:\n.*/.exec(text)?.[0] ?? ''
    assert.match(first, /--failed/, "the tool's own options lead")
  })

  test('no line is wider than asked for, and none than can be read', async () => {
    for (const tool of [opensnoop, biolatency] as Tool[]) {
      assert.ok(longest(await helpOf(tool, 60)) <= 60)
      assert.ok(longest(await helpOf(tool, 80)) <= 80)
      const wide = longest(await helpOf(tool, 300))
      assert.ok(wide <= WIDEST && wide > 80)
    }
  })

  test('words that stand by themselves are described', async () => {
    const text = await helpOf(biolatency, 80)
    assert.match(text, /^Usage: biolatency \[options\] \[interval\] \[count\]$/m)
    assert.match(text, /^Arguments:\n {2}\[interval\] {2}Seconds between reports/m)
  })

  test('every option is there, and where more is to be found', async () => {
    const text = await helpOf(opensnoop, 80)
    for (const flag of ['-f, --flag-filter', '--exec', '-h, --help', '-V, --version'])
      assert.ok(text.includes(flag), flag)
    assert.match(text, /man opensnoop/)
    assert.match(text, /Exit status: 0 done, 1 /)
  })
})
