/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Keeps `followed` true while processes are born and die; loaded only when a command or a process
// and its children are followed.
#pragma once

#include "filter.bpf.h"
#include <bpf/bpf_tracing.h>

/** Processes that should be followed and are not, because the map was full. */
__u64 unfollowed = 0;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child)
{
	pid32 tgid = child->tgid;
	__u8 yes = 1;

	// A new thread needs no entry.
	if (child->pid != tgid || !is_followed(parent))
		return 0;
	if (bpf_map_update_elem(&followed, &tgid, &yes, BPF_ANY))
		__sync_fetch_and_add(&unfollowed, 1);
	return 0;
}

// Kernels after 6.12 hand over group_dead as well; the count of live threads says it everywhere, as
// do_exit() lowers it before this tracepoint.
SEC("tp_btf/sched_process_exit")
int BPF_PROG(follow_exit, struct task_struct *task)
{
	pid32 tgid = task->tgid;

	if (task->signal->live.counter != 0)
		return 0;
	bpf_map_delete_elem(&followed, &tgid);
	if (own_pidns)
		forget_root(task, own_pidns);
	if (seen_pidns && seen_pidns != own_pidns)
		forget_root(task, seen_pidns);
	return 0;
}
