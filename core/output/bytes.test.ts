import { assert, suite } from '../testing/suite.js'
import { Bytes, constantOf } from './bytes.js'

suite('rows as bytes', (test) => {
  test('strings as UTF-8, short and long, with hardly any room at first', () => {
    for (const text of ['', 'abc', 'aü', '日本語', '\ud800', 'x'.repeat(1000), 'ü'.repeat(1000)]) {
      const bytes = new Bytes(1)
      bytes.text('-')
      bytes.text(text)
      bytes.constant(constantOf('|'))
      assert.is(bytes.all.toString(), Buffer.from(`-${text}|`).toString())
    }
  })

  test('constants of any text, byte for byte', () => {
    const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))
    for (const text of ['', '\x7f'.repeat(17), ascii, `${ascii}\u{10ffff}\x7fü\u{10000}`]) {
      const bytes = new Bytes(1)
      for (const part of [text, text.slice(1), '.']) bytes.constant(constantOf(part))
      assert.is(bytes.all.toString(), `${text}${text.slice(1)}.`)
    }
  })

  test('room that a long row took is given back', () => {
    const bytes = new Bytes(64)
    bytes.text('x'.repeat(30))
    const { buffer } = bytes
    bytes.clear()
    assert.is(bytes.buffer, buffer)
    bytes.text('x'.repeat(1000))
    assert.ok(bytes.buffer.length > 1000)
    bytes.clear()
    assert.equal([bytes.buffer.length, bytes.view.byteLength, bytes.all.length], [64, 64, 0])
  })
})
