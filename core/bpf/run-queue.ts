// What tools share whose kernel side has bpf-src/lib/run_queue.bpf.h: how they hook, and what they do not see.
import type { Hook } from '../tool.js'

/** An interrupt may cut in on a thread that wakes itself, and then on the program: a wake-up that is skipped is a lost wait. */
const variant = <const V extends 'tp_btf' | 'raw_tp'>(name: V) => ({
  name,
  programs: [`switch_${name}`, `wakeup_${name}`, `wakeup_new_${name}`] as const,
  missed: [`wakeup_${name}`, `wakeup_new_${name}`] as const,
})

export const runQueue = {
  hooks: [
    {
      name: 'sched',
      sees: 'threads that begin to wait for a processor, and those that run',
      variants: [variant('tp_btf'), variant('raw_tp')],
    },
  ] satisfies readonly Hook<string>[],
  blind: ['waits that were under way when tracing began'],
}
