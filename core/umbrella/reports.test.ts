import type { ExaminedHook } from '../bpf/examine.js'
import { BpfFailure } from '../bpf/object.js'
import { assert, suite } from '../testing/suite.js'
import { reportOf, reportRows, reportSentences, statusOf, unknownReport } from './reports.js'

const skips = { kernel: '6.1.0', preemptible: false, countsKprobes: true }
const refused = new BpfFailure('attach', 'a_kprobe', 2, [])
const fexit = { name: 'fexit', programs: ['a_fexit'], missed: [] }
const kprobe = { name: 'kprobe', programs: ['a_kprobe'], missed: [], blind: 'opens by 32-bit programs' }
const hookOf = (works: boolean, dispensable = false): ExaminedHook => ({
  hook: { name: 'a', sees: 'the opens', variants: [fexit, kprobe] },
  dispensable,
  outcomes: [
    { variant: fexit, failure: refused },
    { variant: kprobe, failure: works ? undefined : refused },
  ],
  chosen: works ? kprobe : undefined,
})
const works = reportOf('good', { hooks: [hookOf(true)], failure: undefined }, skips, null)
const fails = reportOf('bad', { hooks: [hookOf(false)], failure: refused }, skips, 'it is so; run: this')

suite('reports', (test) => {
  test('a tool that works: through what, and what that cannot see', () => {
    assert.is(works.works, true)
    assert.is(works.hooks[0]?.variant, 'kprobe')
    assert.equal(works.hooks[0]?.variants, [
      { variant: 'fexit', works: false, error: 'cannot attach a_kprobe, ENOENT (no such file or directory)' },
      { variant: 'kprobe', works: true, error: null },
    ])
    assert.equal(works.notes, ['not seen through kprobe: opens by 32-bit programs'])
  })

  test('a hook that may be missing is noted', () => {
    const hooks = [hookOf(true), hookOf(false, true)]
    const { works: all, notes } = reportOf('good', { hooks, failure: undefined }, skips, null)
    assert.is(all, true)
    assert.equal(notes.at(-1), 'not seen here: the opens')
  })

  test('exit status: 0 while one works, 3 when none does or nobody can tell', () => {
    assert.is(statusOf([works, works]), 0)
    assert.is(statusOf([works, fails]), 0)
    assert.is(statusOf([fails]), 3)
    assert.is(statusOf([unknownReport('x', 'it takes root')]), 3)
    assert.is(statusOf([]), 3)
  })

  test('rows: what is the same as above is left out', () =>
    assert.equal(reportRows([works]), [
      ['good', 'a', 'fexit', 'cannot attach a_kprobe, ENOENT (no such file or directory)'],
      ['', '', 'kprobe', 'used, for the opens'],
    ]))

  test('sentences', () => {
    assert.equal(reportSentences([works, fails]), [
      'good: not seen through kprobe: opens by 32-bit programs',
      'bad does not work here: it is so; run: this',
      '1 of 2 tools work here.',
    ])
    assert.equal(
      reportSentences([unknownReport('x', 'it takes root'), unknownReport('y', 'it takes root')]),
      ['Which of x, y work here cannot be told: it takes root'],
    )
  })
})
