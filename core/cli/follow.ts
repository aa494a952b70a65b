// --exec: the programs that keep the set of followed processes, the same in every tool (bpf-src/lib/follow.bpf.h).
import type { Hook } from '../tool.js'

/** The map of followed processes: process ID → anything. */
export const FOLLOWED = 'followed'

export const followHook: Hook<string> = {
  name: 'follow',
  sees: "the command's descendants",
  variants: [{ name: 'tp_btf', programs: ['follow_fork', 'follow_exit'], missed: ['follow_fork'] }],
}
