import { assert, suite } from '../testing/suite.js'
import { Escaped, escapeText, toJsonText } from './escape.js'

suite('escape', (test) => {
  test('what is printable stays', () => {
    assert.is(escapeText('/etc/ld.so.cache'), '/etc/ld.so.cache')
    assert.is(escapeText('grüße 漢字 🙂'), 'grüße 漢字 🙂')
  })

  test('nothing ends a line or moves a cursor', () => {
    assert.is(escapeText('a\nb\tc\rd'), 'a\\nb\\tc\\rd')
    assert.is(escapeText('\x1b]0;owned\x07'), '\\x1b]0;owned\\x07')
    assert.is(escapeText('\x7f\u009b31m'), '\\x7f\\u{9b}31m')
    assert.is(escapeText('\u2028\u202egpj.exe'), '\\u{2028}\\u{202e}gpj.exe')
  })

  test('a backslash cannot pass for an escape', () => {
    assert.is(escapeText('a\\nb'), 'a\\\\nb')
  })

  test('bytes that are not UTF-8 are shown as bytes', () => {
    assert.is(escapeText('a\udcff'), 'a\\xff')
  })

  test('words in quotes cannot end their quotes, and the mark has none', () => {
    assert.is(Escaped.words(['a', 'b\n', ''], false).text, 'a b\\n ')
    assert.is(Escaped.words(['a"', '\\'], true, '...').text, '"a\\"" "\\\\" ...')
  })

  test('JSON has readable text and the exact bytes', () => {
    assert.equal(toJsonText('ok'), { text: 'ok' })
    assert.equal(toJsonText('a\udcff\udc80'), {
      text: 'a\ufffd\ufffd',
      bytes: Buffer.of(0x61, 0xff, 0x80).toString('base64'),
    })
  })
})
