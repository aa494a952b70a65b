import { assert, suite } from '../testing/suite.js'
import { countsKprobes, modeOf } from './skips.js'

suite('what a kernel skips', (test) => {
  test('kprobes are counted since 6.7', () => {
    for (const kernel of ['5.10.0-36-amd64', '5.19.17', '6.1.0-56-amd64', '6.6.87.2-microsoft-standard-WSL2'])
      assert.is(countsKprobes(kernel), false, kernel)
    for (const kernel of ['6.7.0', '6.12.38+deb13-amd64', '7.2-amd64', '10.0.1'])
      assert.ok(countsKprobes(kernel), kernel)
  })

  test('the mode of preemption is the one in parentheses', () => {
    assert.is(modeOf('none voluntary (full) lazy\n'), 'full')
    assert.is(modeOf('none voluntary full\n'), undefined)
    assert.is(modeOf(undefined), undefined)
  })
})
