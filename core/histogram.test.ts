import { Histogram, powerBounds, powerOf, slotBounds } from './histogram.js'
import { renderExtension, renderFigures, renderHistogram } from './show/histogram.js'
import { assert, suite } from './testing/suite.js'

const SLOTS = 304

/** The slot that holds the value: the one search that needs no formula. */
function slotOf(value: number): number {
  return Array.from({ length: SLOTS }, (_, slot) => slotBounds(slot)).findIndex(([, high]) => value <= high)
}

function histogramOf(values: readonly number[]): Histogram {
  const slots = Array<number>(SLOTS).fill(0)
  for (const value of values) slots[slotOf(value)] = (slots[slotOf(value)] as number) + 1
  const sum = values.reduce((all, value) => all + value, 0)
  return new Histogram(slots, sum, Math.min(...values), Math.max(...values))
}

suite('histogram', (test) => {
  test('slots follow each other without a gap, an eighth wide at most', () => {
    let next = 0
    for (let slot = 0; slot < SLOTS; slot++) {
      const [low, high] = slotBounds(slot)
      assert.is(low, next)
      assert.ok(high - low + 1 <= Math.max(1, low / 8))
      next = high + 1
    }
    assert.is(next, 2 ** 40)
  })

  test('powers of two', () => {
    assert.equal([0, 1, 2, 3, 4, 1023, 1024, 2 ** 40 - 1].map(powerOf), [0, 1, 2, 2, 3, 10, 11, 40])
    assert.equal([0, 1, 2, 3].map(powerBounds), [
      [0, 0],
      [1, 1],
      [2, 3],
      [4, 7],
    ])
  })

  test('percentiles are never less than the truth and at most an eighth more', () => {
    let state = 1
    const values = Array.from({ length: 10_007 }, () => {
      state = (state * 48_271) % 2_147_483_647
      return Math.floor(2 ** ((state % 3000) / 100))
    })
    const sorted = values.toSorted((a, b) => a - b)
    const histogram = histogramOf(values)
    for (const percent of [0.1, 25, 50, 90, 99, 99.9, 100]) {
      const truth = sorted[Math.ceil((sorted.length * percent) / 100) - 1] as number
      const shown = histogram.percentile(percent) as number
      assert.ok(shown >= truth && shown <= truth * 1.125, `${percent}: ${shown} for ${truth}`)
    }
    assert.equal([histogram.count, histogram.min, histogram.max], [10_007, sorted[0], sorted.at(-1)])
    assert.is(
      histogram.buckets().reduce((all, [, , count]) => all + count, 0),
      10_007,
    )
  })

  test('no value: nothing is made up', () => {
    const none = new Histogram([], 0)
    assert.equal(
      [none.count, none.min, none.max, none.average, none.percentile(50)],
      [0, null, null, null, null],
    )
    assert.equal(none.buckets(), [])
    assert.is(renderHistogram(none, 'usecs'), '')
    assert.is(renderFigures(none, 'usecs'), '     count 0\n')
  })

  test('minimum and maximum of another interval give way to the slots', () => {
    const slots = Array<number>(SLOTS).fill(0)
    slots[slotOf(100)] = 3
    assert.equal([new Histogram(slots, 300).min, new Histogram(slots, 300).max], [96, 103])
    const late = new Histogram(slots, 300, 5, 7000)
    assert.equal([late.min, late.max], [96, 103])
    assert.equal(
      [new Histogram(slots, 300, 97.5, 103.9).min, new Histogram(slots, 300, 97.5, 103.9).max],
      [97.5, 103.9],
    )
  })

  test('the greatest is never less than the least, nor than what its slot may hold', () => {
    const slots = Array<number>(SLOTS).fill(0)
    slots[slotOf(100)] = 1
    // The value of 900 is counted in the interval before.
    const one = new Histogram(slots, 103.75, 103.75, 900, 0.001)
    assert.equal([one.min, one.max, one.percentile(50)], [103.75, 103.999, 103.75])
    const other = new Histogram(slots, 103.9, 5, 900, 0.001)
    assert.equal([other.min, other.max], [96, 103.999])
    assert.equal([one.plus(other).min, one.plus(other).max], [96, 103.999])
  })

  test('two become one', () => {
    const both = histogramOf([1, 5, 900]).plus(histogramOf([0, 70]))
    assert.equal([both.count, both.sum, both.min, both.max], [5, 976, 0, 900])
    assert.is(both.plus(new Histogram([], 0)), both)
    assert.is(new Histogram([], 0).plus(both), both)
  })

  test('as bcc prints it, under 80 wide, with a zero of its own', () => {
    const histogram = histogramOf([0, 0, 1, 5, 6, 7, 7, 7, 7, 7, 7, 7])
    const lines = renderHistogram(histogram, 'usecs').split('\n')
    assert.equal(lines, [
      '     usecs               : count     distribution',
      '         0 -> 0          : 2        |********                                |',
      '         1 -> 1          : 1        |****                                    |',
      '         2 -> 3          : 0        |                                        |',
      '         4 -> 7          : 9        |****************************************|',
      '',
    ])
    assert.ok(lines.every((line) => line.length < 80))
    assert.is(
      renderFigures(histogram, 'usecs'),
      '     count 12, avg 5.08, p50 7, p90 7, p99 7, p99.9 7, max 7 usecs\n',
    )
    assert.is(renderExtension(histogram, 'usecs'), 'avg = 5 usecs, total: 61 usecs, count: 12\n')
  })
})
