import { assert, suite } from '../testing/suite.js'
import { enumeratorsOf } from './enumerators.js'

/** Two types: an int, and an enum of two values. */
function sample(): Uint8Array {
  const strings = Buffer.from('\0int\0color\0RED\0BLUE\0')
  const at = (name: string): number => strings.indexOf(`\0${name}\0`) + 1
  const words = [at('int'), 1 << 24, 4, 32, at('color'), (6 << 24) | 2, 4, at('RED'), 3, at('BLUE'), 70_000]
  const header = [0x01_eb9f, 24, 0, 4 * words.length, 4 * words.length, strings.length]
  return Buffer.concat([Buffer.from(Uint32Array.from([...header, ...words]).buffer), strings])
}

suite('names of an enum in BTF', (test) => {
  test('by number', () => {
    assert.equal(
      [...enumeratorsOf(sample(), 'color')],
      [
        [3, 'RED'],
        [70_000, 'BLUE'],
      ],
    )
  })

  test('none where there is no such enum, or no BTF', () => {
    assert.is(enumeratorsOf(sample(), 'RED').size, 0)
    assert.is(enumeratorsOf(sample(), 'flavour').size, 0)
    assert.is(enumeratorsOf(new Uint8Array(3), 'color').size, 0)
  })
})
