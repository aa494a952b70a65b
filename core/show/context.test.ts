import { assert, suite } from '../testing/suite.js'
import { RowContext } from './context.js'

suite('context', (test) => {
  test('wall times are exact to the nanosecond, on both sides of a second', () => {
    const context = new RowContext(1_767_225_599_999_999_999n)
    assert.is(context.wallTime(0), '2025-12-31T23:59:59.999999999Z')
    assert.is(context.wallTime(1), '2026-01-01T00:00:00.000000000Z')
    assert.is(context.wallTime(1_000_000_000), '2026-01-01T00:00:00.999999999Z')
    assert.is(context.wallTime(1_000_000_001), '2026-01-01T00:00:01.000000000Z')
    assert.is(context.wallTime(0), '2025-12-31T23:59:59.999999999Z')
    // Of 104 days: the last nanosecond that a number holds.
    assert.is(context.wallTime(Number.MAX_SAFE_INTEGER), '2026-04-15T05:59:59.254740990Z')
    // Not exact any more, but nine digits.
    for (const damaged of [2 ** 63, 2 ** 64 - 2048, 1e19 - 4096])
      assert.match(context.wallTime(damaged), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
  })

  test('who asks again before it is forgotten hears the same, and the machine is asked once', () => {
    const asked: unknown[] = []
    const noted: unknown[] = []
    const context = new RowContext(0n, { onLook: (name, key, value) => noted.push([name, key, value]) })
    const answers = ['first', 'second', undefined]
    const lookup = {
      name: 'name',
      needs: [],
      find: (key: number, hint?: number) => {
        asked.push([key, hint])
        return answers.shift()
      },
    }
    assert.equal([context.look(lookup, 7, () => 1), context.look(lookup, 7, () => 2)], ['first', 'first'])
    assert.is(context.look({ ...lookup, name: 'other' }, 7), 'second')
    context.forget()
    assert.equal([context.look(lookup, 7), context.look(lookup, 7)], [undefined, undefined])
    // Another hint may help.
    answers.push('third')
    assert.equal([context.look(lookup, 7, () => 3), context.look(lookup, 7, () => 4)], ['third', 'third'])
    assert.equal(asked, [
      [7, 1],
      [7, undefined],
      [7, undefined],
      [7, 3],
    ])
    assert.equal(noted, [
      ['name', 7, 'first'],
      ['other', 7, 'second'],
      ['name', 7, undefined],
      ['name', 7, 'third'],
    ])
  })
})
