import { assert, suite } from '../testing/suite.js'
import { decodeText, encodeText, hasInvalidBytes } from './text.js'

const decode = (...bytes: number[]): string => decodeText(Buffer.from(bytes), 0, bytes.length)

suite('text', (test) => {
  test('valid UTF-8 is an ordinary string', () => {
    const text = 'plain, grüße, 漢字, 🙂'
    const bytes = Buffer.from(text)
    assert.is(decodeText(bytes, 0, bytes.length), text)
    assert.is(hasInvalidBytes(text), false)
  })

  test('a replacement character that was really there stays', () => {
    assert.is(decode(0xef, 0xbf, 0xbd), '\ufffd')
  })

  test('bytes that are not UTF-8 become lone surrogates', () => {
    assert.is(decode(0x61, 0xff, 0x62), 'a\udcffb')
    assert.is(decode(0xc3), '\udcc3')
    assert.is(decode(0xe2, 0x82), '\udce2\udc82')
    assert.is(decode(0xed, 0xa0, 0x80), '\udced\udca0\udc80')
    assert.is(decode(0xc0, 0xaf), '\udcc0\udcaf')
    assert.is(decode(0xf4, 0x90, 0x80, 0x80), '\udcf4\udc90\udc80\udc80')
  })

  test('beside characters beyond U+FFFF, whose halves look like such bytes, they come back exactly', () => {
    for (const character of ['\u{10880}', '\u{108ff}', '🙂']) {
      const bytes = Buffer.concat([Buffer.of(0x80), Buffer.from(character), Buffer.of(0xff)])
      assert.equal(encodeText(decodeText(bytes, 0, bytes.length)), bytes)
    }
  })

  test('every sequence of up to three bytes comes back exactly', () => {
    for (let value = 0; value < 1 << 24; value += 97) {
      const bytes = Buffer.of(value & 0xff, (value >> 8) & 0xff, value >> 16)
      const back = encodeText(decodeText(bytes, 0, bytes.length))
      if (!back.equals(bytes))
        throw new Error(`${bytes.toString('hex')} came back as ${back.toString('hex')}`)
    }
  })
})
