import { assert, suite } from '../testing/suite.js'
import { Bytes, constantOf, safeBytes } from './bytes.js'

/** What is in it after this, with hardly any room at first. */
function put(fill: (bytes: Bytes) => void): string {
  const bytes = new Bytes(1)
  fill(bytes)
  return bytes.all.toString()
}

suite('rows as bytes', (test) => {
  test('numbers as String() writes them, to the left and to the right', () => {
    const whole = [0, -0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 2 ** 31 - 1, 2 ** 31]
    const more = [2 ** 53, 1.5, Number.NaN, 1e21, 4_294_967_295, 123_456_789]
    for (const number of [...whole, ...more].flatMap((value) => [value, -value])) {
      const text = String(number)
      assert.is(
        put((bytes) => bytes.number(number)),
        text,
      )
      assert.is(
        put((bytes) => bytes.number(number, 7)),
        text.padEnd(7),
      )
      assert.is(
        put((bytes) => bytes.number(number, 7, true)),
        text.padStart(7),
      )
    }
  })

  test('strings as UTF-8, short and long', () => {
    for (const text of ['', 'abc', 'aü', '日本語', '\ud800', 'x'.repeat(1000), 'ü'.repeat(1000)])
      assert.is(
        put((bytes) => {
          bytes.byte(0x2d)
          bytes.text(text)
          bytes.constant(constantOf('|'))
        }),
        Buffer.from(`-${text}|`).toString(),
      )
  })

  test('nothing is put of what needs an escape', () => {
    const safe = safeBytes('\\')
    const source = Buffer.from('sh\0ab\\c')
    const bytes = new Bytes(1)
    assert.ok(bytes.safeChars(source, 0, 7, safe, 4))
    assert.not.ok(bytes.safe(source, 3, 7, safe, 9))
    assert.not.ok(bytes.safe(source, 3, 8, safe))
    assert.ok(bytes.safe(source, 3, 5, safe))
    assert.is(bytes.all.toString(), 'sh  ab')
  })
})
