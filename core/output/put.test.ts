import { assert, suite } from '../testing/suite.js'
import { NUMBER_ROOM, putNumber, putPadded, putSafe, putSafeChars, putSpaces, safeBytes } from './put.js'

/** What is in a buffer after this, which puts at a place and returns where it ends. */
function put(fill: (buffer: Buffer, at: number) => number): string {
  const buffer = Buffer.alloc(64, '#')
  const end = fill(buffer, 1)
  assert.is(buffer[0], 0x23)
  assert.is(buffer[end], 0x23)
  return buffer.toString('latin1', 1, end)
}

suite('pieces of rows', (test) => {
  test('numbers as String() writes them, to the left and to the right', () => {
    const whole = [0, -0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 2 ** 31 - 1, 2 ** 31]
    const more = [2 ** 53, 1.5, Number.NaN, 1e21, 4_294_967_295, 123_456_789, Number.MAX_VALUE, Math.PI / 1e9]
    for (const number of [...whole, ...more].flatMap((value) => [value, -value])) {
      const text = String(number)
      assert.ok(text.length <= NUMBER_ROOM)
      assert.is(
        put((buffer, at) => putNumber(buffer, at, number)),
        text,
      )
      for (const right of [false, true])
        assert.is(
          put((buffer, at) => putPadded(buffer, at, number, 7, right)),
          right ? text.padStart(7) : text.padEnd(7),
        )
    }
  })

  test('spaces up to a place that may be behind', () => {
    assert.is(
      put((buffer, at) => putSpaces(buffer, at, 4)),
      '   ',
    )
    assert.is(
      put((buffer, at) => putSpaces(buffer, at, 0)),
      '',
    )
  })

  test('of a record: what needs no escape', () => {
    const source = Buffer.from('sh\0ab\\c')
    const safe = safeBytes('\\')
    const buffer = Buffer.alloc(64)
    assert.is(
      put((to, at) => putSafeChars(to, at, source, 0, 7, safe)),
      'sh',
    )
    assert.is(
      put((to, at) => putSafe(to, at, source, 3, 5, safe)),
      'ab',
    )
    assert.is(putSafeChars(buffer, 0, source, 3, 7, safe), -1)
    assert.is(putSafe(buffer, 0, source, 3, 7, safe), -1)
    // It would reach beyond the record.
    assert.is(putSafe(buffer, 0, source, 3, 8, safeBytes('')), -1)
    assert.is(
      put((to, at) => putSafeChars(to, at, source, 6, 7, safe)),
      'c',
    )
  })
})
