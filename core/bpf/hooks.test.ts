import type { Hook } from '../tool.js'
import { assert, suite } from '../testing/suite.js'
import { forceVariants, orderVariants } from './hooks.js'

const variant = (name: string, more: object = {}): Hook<string>['variants'][0] => ({
  name,
  programs: [name],
  missed: [name],
  ...more,
})
const hook: Hook<string> = {
  name: 'open',
  sees: 'opens',
  variants: [
    variant('fexit', { preempted: 'counted' }),
    variant('kprobe_multi', { from: [6, 14] }),
    variant('kprobe'),
    variant('raw_tp', { preempted: 'uncounted' }),
  ],
}

function order(kernel: string, preemptible: boolean, forced: readonly string[] = []): string[] {
  const skips = { kernel, preemptible, countsKprobes: false }
  return orderVariants(forceVariants([hook], forced), skips).flatMap(({ variants }) =>
    variants.map(({ name }) => name),
  )
}

suite('the order of ways of hooking', (test) => {
  test("the tool's, but what a preemptible kernel skips comes last", () => {
    assert.equal(order('6.14.0', false), ['fexit', 'kprobe_multi', 'kprobe', 'raw_tp'])
    assert.equal(order('7.2.13+deb14-amd64', true), ['kprobe_multi', 'kprobe', 'fexit', 'raw_tp'])
  })

  test('and what does well on later kernels only', () => {
    assert.equal(order('6.1.0-56-amd64', false), ['fexit', 'kprobe', 'raw_tp', 'kprobe_multi'])
    assert.equal(order('6.13.9', true), ['kprobe', 'fexit', 'kprobe_multi', 'raw_tp'])
  })

  test('one that is forced is the only one', () => {
    assert.equal(order('6.1.0', true, ['open=kprobe_multi']), ['kprobe_multi'])
  })
})
