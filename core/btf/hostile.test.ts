// BTF that is made to do harm: what no compiler writes and no change of some bytes comes upon.
import { assert, suite } from '../testing/suite.js'
import { cutBtf } from './cut.js'
import { layoutOf, variablesOf } from './layout.js'
import { kind, parseBtf } from './parse.js'

const STRINGS = '\0one\0_two\0'
const [ONE, TWO] = [STRINGS.indexOf('one'), STRINGS.indexOf('_two')]

/** The words of a type: `vlen` members follow. */
const typeOf = (
  kindOf: number,
  name: number,
  sizeOrType: number,
  vlen = 0,
  ...members: number[]
): number[] => [name, (kindOf << 24) | vlen, sizeOrType, ...members]

/** BTF of these types, numbered from 1. */
function btfOf(types: readonly number[][], strings = STRINGS): Buffer {
  const words = types.flat()
  const header = Buffer.from([0x9f, 0xeb, 1, 0])
  const rest = Uint32Array.from([24, 0, 4 * words.length, 4 * words.length, strings.length, ...words])
  return Buffer.concat([header, Buffer.from(rest.buffer), Buffer.from(strings, 'latin1')])
}

suite('hostile BTF', (test) => {
  test('a typedef of itself, and an array of itself', () => {
    const struct = typeOf(kind.struct, ONE, 8, 1, ONE, 2, 0)
    const circle = parseBtf(btfOf([struct, typeOf(kind.typedef, ONE, 2)]))
    assert.throws(() => layoutOf(circle, 'one'), /types are made of themselves/)
    const types = [
      typeOf(kind.variable, ONE, 2, 0, 0),
      typeOf(kind.array, 0, 0, 0, 2, 2, 9),
      typeOf(kind.section, ONE, 8, 1, 1, 0, 8),
    ]
    assert.throws(() => variablesOf(parseBtf(btfOf(types)), 'one'), Error)
    // Cut, it is a type like any other.
    const wanted = [parseBtf(btfOf([typeOf(kind.typedef, ONE, 0)]))]
    assert.is(parseBtf(cutBtf(btfOf([typeOf(kind.typedef, ONE, 1)]), wanted)).types.length, 2)
  })

  test('an enumerator whose name begins with what enumerators share', () => {
    const types = [typeOf(kind.struct, ONE, 4, 1, ONE, 2, 0), typeOf(kind.enum, 0, 4, 2, TWO, 0, ONE, 1)]
    const { fields } = layoutOf(parseBtf(btfOf(types)), 'one')
    assert.equal(fields[0]?.kind, {
      is: 'enum',
      size: 4,
      signed: false,
      names: new Map([
        [0, '_two'],
        [1, 'one'],
      ]),
    })
  })

  test('structs without names, each with two of the next: asked once each', () => {
    const depth = 200
    const nameless = Array.from({ length: depth }, (_, i) => {
      const next = i + 3
      return typeOf(kind.struct, 0, 8, 2, 0, next, 0, 0, next, 0)
    })
    const first = typeOf(kind.struct, ONE, 8, 1, 0, 2, 0)
    const bytes = btfOf([first, ...nameless, typeOf(kind.int, ONE, 4, 0, 32)])
    const wanted = [parseBtf(btfOf([typeOf(kind.struct, ONE, 8, 1, TWO, 0, 0)]))]
    assert.is(parseBtf(cutBtf(bytes, wanted)).types.length, 2)
  })

  test('many names that are ends of one long name', () => {
    const length = 200_000
    const names = Array.from({ length: 10_000 }, (_, i) => typeOf(kind.forward, i + 1, 0))
    assert.throws(() => parseBtf(btfOf(names, `\0${'x'.repeat(length)}\0`)), /string 1 is too long/)
  })
})
