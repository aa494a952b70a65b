import type { Choice } from '../bpf/hooks.js'
import { assert, suite } from '../testing/suite.js'
import { switchNotes } from './plan.js'

suite('notes on switches', (test) => {
  const through = (...names: string[]): Choice[] =>
    names.map((name) => ({
      hook: { name: 'open', sees: 'opens', variants: [{ name, programs: [], missed: [] }] },
      variant: { name, programs: [], missed: [] },
      failed: [],
    }))
  const on = { unprivilegedBpf: '2', jit: '1', ftrace: '1', kprobes: '1' }

  test('all on, or not readable: none', () => {
    for (const word of ['1', undefined])
      assert.equal(switchNotes(through('fexit', 'kprobe'), { ...on, kprobes: word }), [])
  })

  test('off: those that are used, and how to mend it', () => {
    const off = { ...on, kprobes: '0' }
    assert.equal(switchNotes(through('raw_tp', 'tracepoint'), off), [])
    assert.equal(switchNotes(through('raw_tp', 'kprobe', 'kprobe'), off), [
      'nothing is seen through kprobe: /sys/kernel/debug/kprobes/enabled is 0; run: echo 1 >/sys/kernel/debug/kprobes/enabled',
    ])
  })
})
