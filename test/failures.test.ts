import { assert, suite } from '../core/testing/suite.js'
import { Failures } from './failures.js'

suite('failures', (test) => {
  test('nothing failed: nothing to say', () => {
    const failures = new Failures()
    for (const line of [
      ' suite  • • (2 / 2)',
      'a.kernel.js: 2 passed, 0 failed (1.0 s)',
      '2 passed, 0 failed',
    ])
      failures.look('5.10', line)
    assert.is(failures.report(), '')
  })

  test('two guests by turns: each failure whole, up to the totals', () => {
    const failures = new Failures()
    failures.look('5.10', '   FAIL  tools "counts"')
    failures.look('7.2', 'a.kernel.js: 2 passed, 0 failed (1.0 s)')
    failures.look('5.10', '    Expected values to be strictly equal:  (is)')
    failures.look('5.10', '')
    failures.look('7.2', 'b.kernel.js: ended after 9 ms')
    failures.look('5.10', '  Total:     8')
    failures.look('5.10', 'c.kernel.js: 7 passed, 1 failed (2.0 s)')
    assert.is(
      failures.report(),
      [
        'what failed:',
        '5.10      FAIL  tools "counts"',
        '5.10       Expected values to be strictly equal:  (is)',
        '5.10     Total:     8',
        '7.2    b.kernel.js: ended after 9 ms',
        '5.10   c.kernel.js: 7 passed, 1 failed (2.0 s)',
      ].join('\n'),
    )
  })

  test('of a guest that crashed the end of its console', () => {
    const failures = new Failures()
    const lines = [
      'the guest crashed before the command ended',
      '[1.0] BUG: unable to handle page fault',
      '[1.1] RIP',
    ]
    for (const line of lines) failures.look('7.2', line)
    assert.is(failures.report(), ['what failed:', ...lines.map((line) => `7.2    ${line}`)].join('\n'))
  })

  test('of a guest that said nothing any more that it did', () => {
    const failures = new Failures()
    failures.look('5.10', 'the guest said nothing for 600 s')
    failures.look('5.10', 'the rest is tested in another guest')
    assert.is(failures.report(), 'what failed:\n5.10   the guest said nothing for 600 s')
  })

  test('long ones are cut, and many', () => {
    const failures = new Failures()
    for (let i = 0; i < 30; i++) {
      failures.look('7.2', '   FAIL  tools "counts"')
      for (let j = 0; j < 30; j++) failures.look('7.2', 'a line')
    }
    const lines = failures.report().split('\n')
    assert.is(lines.length, 1 + 20 * 16 + 1)
    assert.is(lines.at(-1), 'and 10 more')
  })
})
