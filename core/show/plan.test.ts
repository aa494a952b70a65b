import type { Choice } from '../bpf/hooks.js'
import { assert, suite } from '../testing/suite.js'
import { hookNotes, switchNotes } from './plan.js'

suite('notes on what this kernel skips', (test) => {
  const through = (name: string, interrupts?: boolean): Choice[] => {
    const variant = {
      name,
      programs: [],
      missed: [],
      ...(name !== 'kprobe' && { preempted: 'uncounted' as const }),
    }
    const hook = {
      name: 'open',
      sees: 'opens',
      variants: [variant] as const,
      ...(interrupts && { interrupts }),
    }
    return [{ hook, variant, failed: [] }]
  }

  test('a task that cuts in', () => {
    const skips = { kernel: '6.1.0', preemptible: true, countsKprobes: false }
    assert.equal(hookNotes(through('raw_tp'), skips), [
      'raw_tp on this preemptible kernel: some calls may be missed and not counted',
    ])
    assert.equal(hookNotes(through('kprobe'), skips), [])
  })

  test('an interrupt that runs into a kprobe', () => {
    const skips = { kernel: '6.1.0', preemptible: false, countsKprobes: false }
    assert.equal(hookNotes(through('raw_tp', true), skips), [])
    assert.equal(hookNotes(through('kprobe'), skips), [])
    assert.equal(hookNotes(through('kprobe', true), skips), [
      'kprobe before Linux 6.7: some calls of interrupts may be missed and not counted',
    ])
    assert.equal(hookNotes(through('kprobe', true), { ...skips, countsKprobes: true }), [])
  })
})

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
