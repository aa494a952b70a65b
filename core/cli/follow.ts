// --exec and --follow: the programs that keep the set of followed processes, the same in every tool (bpf-src/lib/follow.bpf.h).
import type { Hook } from '../tool.js'

export const followHook: Hook<string> = {
  name: 'follow',
  sees: 'descendants of what is followed',
  variants: [{ name: 'tp_btf', programs: ['follow_fork', 'follow_exit'], missed: ['follow_fork'] }],
}
