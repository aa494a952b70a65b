/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The parent of a process that executes. After a vfork() it runs again as soon as the old memory is
// given up, and may be gone before the exec is complete: so it is looked at just before.
#pragma once

#include "filter.bpf.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

struct parent {
	pid32 tgid;
	/** As --ppid has it. */
	pid32 seen;
	comm_t comm;
};

/** By tgid of the child. What is left behind by an exec that never completes is overwritten by the
 * next one of that number before it is read. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, pid32);
	__type(value, struct parent);
} parents SEC(".maps");

static __always_inline void read_parent(struct parent *parent)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, real_parent, group_leader);

	__builtin_memset(parent, 0, sizeof(*parent));
	parent->tgid = BPF_CORE_READ(leader, tgid);
	parent->seen = tgid_in(leader, seen_pidns);
	BPF_CORE_READ_STR_INTO(&parent->comm, leader, comm);
}

/** The parent as it was before the exec, or, where that was not looked at, as it is now. */
static __always_inline void find_parent(struct parent *parent, pid32 child)
{
	struct parent *kept = bpf_map_lookup_elem(&parents, &child);

	if (!kept) {
		read_parent(parent);
		return;
	}
	*parent = *kept;
	bpf_map_delete_elem(&parents, &child);
}

static __always_inline int keep_parent(void)
{
	pid32 child = bpf_get_current_pid_tgid() >> 32;
	struct parent parent;

	read_parent(&parent);
	bpf_map_update_elem(&parents, &child, &parent, BPF_ANY);
	return 0;
}

SEC("fentry/begin_new_exec")
int BPF_PROG(parent_fentry)
{
	return keep_parent();
}

SEC("kprobe/begin_new_exec")
int BPF_KPROBE(parent_kprobe)
{
	return keep_parent();
}

// In begin_new_exec() too, since 6.10 (5c5fad46e48c).
SEC("raw_tp/sched_prepare_exec")
int BPF_PROG(parent_tracepoint)
{
	return keep_parent();
}
