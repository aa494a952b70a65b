import { assert, suite } from '../testing/suite.js'
import { OwnDoings, threadId } from './own-doings.js'

suite('own doings', (test) => {
  const clock = (...times: number[]): (() => number) => {
    return () => times.shift() as number
  }

  test('what happens in the spans, and nothing between them', () => {
    const own = new OwnDoings(8, clock(10, 20, 30, 40))
    assert.is(
      own.during(() => 'first'),
      'first',
    )
    own.during(() => own.during(() => {}))
    const times = [9, 10, 15, 20, 21, 29, 30, 40, 41]
    assert.equal(
      times.filter((time) => own.wasAt(time)),
      [10, 15, 20, 30, 40],
    )
  })

  test('one that throws is a span too', () => {
    const own = new OwnDoings(8, clock(10, 20))
    assert.throws(() =>
      own.during(() => {
        throw new Error('no')
      }),
    )
    assert.ok(own.wasAt(15))
  })

  test('the newest are kept', () => {
    const own = new OwnDoings(2, clock(10, 11, 20, 21, 30, 31))
    for (let times = 0; times < 3; times++) own.during(() => {})
    assert.equal(
      [10, 20, 30].map((time) => own.wasAt(time)),
      [false, true, true],
    )
  })

  test('none yet', () => assert.not(new OwnDoings().wasAt(1)))

  test('the main thread has the number of its process', () => assert.is(threadId(), process.pid))
})
