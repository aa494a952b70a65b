/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Process and thread numbers as a PID namespace has them.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/** Namespaces lie in each other to this depth (MAX_PID_NS_LEVEL). */
#define PIDNS_LEVELS 33

/** The task's number in the PID namespace with that inode; 0: it is not in there. */
static __noinline pid32 number_in(__u64 task, __u32 pidns)
{
	struct pid *pid = BPF_CORE_READ((struct task_struct *)task, thread_pid);
	int level = BPF_CORE_READ(pid, level);
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);

	for (int i = 0; i < PIDNS_LEVELS && level >= 0; i++, level--) {
		struct upid *upid = (void *)numbers + level * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(upid, ns, ns.inum) == pidns)
			return BPF_CORE_READ(upid, nr);
	}
	return 0;
}

/** A thread's number; `pidns` 0 is the initial namespace. */
static __always_inline pid32 tid_in(struct task_struct *task, __u32 pidns)
{
	return pidns ? number_in((__u64)task, pidns) : BPF_CORE_READ(task, pid);
}

/** The number of a task's process. */
static __always_inline pid32 tgid_in(struct task_struct *task, __u32 pidns)
{
	if (!pidns)
		return BPF_CORE_READ(task, tgid);
	return number_in((__u64)BPF_CORE_READ(task, group_leader), pidns);
}
