/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// How long threads wait for a processor: from when they can run to when they do. As the kernel
// counts it in /proc/PID/schedstat (kernel/sched/stats.h), but for those that were preempted while
// they were about to sleep, of which it does not count that wait.
//
// All of it happens with preemption off and, but for a thread that wakes itself, interrupts too.
#pragma once

#include "follow.bpf.h"
#include "lost.bpf.h"
#include <bpf/bpf_tracing.h>

#define THREADS 65536

/**
 * Since when each thread waits; 0: it does not. An entry stays until the thread ends, since adding
 * and deleting take a lock. What happens to one thread happens on one CPU after the other.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, THREADS);
	__type(key, pid32);
	__type(value, __u64);
} waiting SEC(".maps");

static __always_inline long task_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return BPF_CORE_READ((struct task_struct___v5_13 *)task, state);
}

/** It can run from now on. A thread that is woken before it sleeps runs on, and begins anew when
 * it waits. */
static __always_inline int begin_wait(struct task_struct *task)
{
	pid32 tid = BPF_CORE_READ(task, pid);
	__u64 now, *since;

	// 0 are the idle threads.
	if (!tid || !any_task_wanted((__u64)task))
		return 0;
	now = bpf_ktime_get_ns();
	since = bpf_map_lookup_elem(&waiting, &tid);
	if (since)
		*since = now;
	else if (bpf_map_update_elem(&waiting, &tid, &now, BPF_NOEXIST))
		count_lost();
	return 0;
}

/** A thread leaves the processor, and waits for it again unless it sleeps. */
static __always_inline void leave_cpu(bool preempted, struct task_struct *task)
{
	long state = task_state(task);
	pid32 tid;

	if (preempted || state == TASK_RUNNING) {
		begin_wait(task);
	} else if (state == TASK_DEAD) {
		tid = BPF_CORE_READ(task, pid);
		bpf_map_delete_elem(&waiting, &tid);
	}
}

/** It runs now; false: since when it waited is not known, or it is not wanted. */
static __always_inline bool end_wait(struct task_struct *task, __u64 now, __u64 *waited)
{
	pid32 tid = BPF_CORE_READ(task, pid);
	__u64 *since = tid ? bpf_map_lookup_elem(&waiting, &tid) : NULL;

	if (!since || !*since)
		return false;
	// The clocks of two CPUs may differ by a little.
	*waited = now > *since ? now - *since : 0;
	*since = 0;
	return true;
}

/** For each tool: a thread has waited, and takes the processor from another one. */
static __always_inline void report_wait(struct task_struct *task, struct task_struct *previous,
                                        __u64 now, __u64 waited);

static __always_inline int switch_tasks(bool preempted, struct task_struct *prev,
                                        struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns(), waited;

	leave_cpu(preempted, prev);
	if (end_wait(next, now, &waited))
		report_wait(next, prev, now, waited);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(wakeup_tp_btf, struct task_struct *task)
{
	return begin_wait(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(wakeup_new_tp_btf, struct task_struct *task)
{
	return begin_wait(task);
}

// Since 5.18 (fa2c3254d7cf, 9c2136be0878) the state comes last; nothing else wakes a thread before
// it has left, so that what is in the task is as good.
SEC("tp_btf/sched_switch")
int BPF_PROG(switch_tp_btf, bool preempted, struct task_struct *prev, struct task_struct *next)
{
	return switch_tasks(preempted, prev, next);
}

SEC("raw_tp/sched_wakeup")
int BPF_PROG(wakeup_raw_tp, struct task_struct *task)
{
	return begin_wait(task);
}

SEC("raw_tp/sched_wakeup_new")
int BPF_PROG(wakeup_new_raw_tp, struct task_struct *task)
{
	return begin_wait(task);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switch_raw_tp, bool preempted, struct task_struct *prev, struct task_struct *next)
{
	return switch_tasks(preempted, prev, next);
}
