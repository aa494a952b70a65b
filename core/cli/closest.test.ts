import { assert, suite } from '../testing/suite.js'
import { closest, didYouMean } from './closest.js'

const flags = ['pid', 'tid', 'duration', 'json', 'timestamp', 'time-format', 'full-path', 'count', 'help']

suite('closest', (test) => {
  const cases: [word: string, meant: string | undefined][] = [
    ['durtion', 'duration'],
    ['duartion', 'duration'],
    ['jsno', 'json'],
    ['JSON', 'json'],
    ['full', 'full-path'],
    ['time', 'timestamp'],
    ['pidd', 'pid'],
    ['x', undefined],
    ['color', undefined],
    ['nosuch', undefined],
    ['', undefined],
  ]
  for (const [word, meant] of cases)
    test(`"${word}": ${meant ?? 'nothing'}`, () => assert.is(closest(word, flags), meant))

  test('nothing known', () => assert.is(closest('pid', []), undefined))

  test('as words', () => {
    assert.is(didYouMean('durtion', flags, '--'), '; did you mean --duration?')
    assert.is(didYouMean('nosuch', flags, '--'), '')
  })
})
