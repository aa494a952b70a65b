import { signalName, signalNumber } from './signal.js'
import { assert, suite } from './testing/suite.js'

suite('signals', (test) => {
  test('names', () => {
    assert.equal([9, 6, 29, 34, 36, 64, 32, 0].map(signalName), [
      'SIGKILL',
      'SIGABRT',
      'SIGIO',
      'SIGRTMIN',
      'SIGRTMIN+2',
      'SIGRTMIN+30',
      '32',
      '0',
    ])
  })

  test('numbers', () => {
    const words = ['9', 'KILL', 'sigterm', 'SIGRTMIN', 'RTMIN+2', '0', '64', '65', 'RTMIN+31', 'NOPE', '-1']
    assert.equal(words.map(signalNumber), [
      9,
      9,
      15,
      34,
      36,
      0,
      64,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
