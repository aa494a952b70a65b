// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each process that ends, or each thread.
#include "events.bpf.h"
#include "follow.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct exit_event {
	ktime_ns time;
	/** Since it was started. */
	duration_ns age;
	cgroup_id cgroup;
	pid32 pid;
	pid32 ppid;
	/** The thread that ended, of a process the last one. */
	pid32 tid;
	uid32 uid;
	/** As wait(2) has it: exit code above the lowest 8 bits, or signal and 0x80 for a core
	 * dump. */
	__s32 status;
	comm_t comm;
	__u32 _pad;
};

EVENT_TYPE(events, struct exit_event);

const volatile bool by_thread = false;
const volatile bool failed_only = false;

struct ended_key {
	__u64 started;
	__u64 tgid;
};

/** Processes that have ended; none has number and start in common with another. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct ended_key);
	__type(value, __u8);
} ended SEC(".maps");

/**
 * Whether the process ends with this thread. do_exit() counts `live` down before it comes to the
 * tracepoint, so that of threads that end at the same moment several may find it 0: the first of
 * them it is. (Since 6.16 the tracepoint says it.)
 */
static __always_inline bool seems_last(struct task_struct *task, struct task_struct *leader)
{
	struct ended_key key = {BPF_CORE_READ(leader, start_time), BPF_CORE_READ(task, tgid)};
	__u8 yes = 1;
	int err;

	if (BPF_CORE_READ(task, signal, live.counter))
		return false;
	err = bpf_map_update_elem(&ended, &key, &yes, BPF_NOEXIST);
	return err != -EEXIST;
}

/** What the parent gets from wait(2), as the kernel finds it (wait_task_zombie()). */
static __always_inline int process_status(struct task_struct *leader)
{
	struct signal_struct *signal = BPF_CORE_READ(leader, signal);

	return BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT
	               ? BPF_CORE_READ(signal, group_exit_code)
	               : BPF_CORE_READ(leader, exit_code);
}

static __always_inline int report(struct task_struct *task, struct task_struct *leader)
{
	struct task_struct *who = by_thread ? task : leader;
	struct exit_event event = {};

	event.status = by_thread ? BPF_CORE_READ(task, exit_code) : process_status(leader);
	if (failed_only && !event.status)
		return 0;
	if (!task_wanted((__u64)task, 0, (__u64)who) || !parent_of_wanted(task))
		return 0;
	event.time = bpf_ktime_get_ns();
	event.age = event.time - BPF_CORE_READ(who, start_time);
	event.cgroup = current_home_cgroup_id(current_task());
	event.pid = BPF_CORE_READ(task, tgid);
	event.ppid = BPF_CORE_READ(task, real_parent, tgid);
	event.tid = BPF_CORE_READ(task, pid);
	event.uid = current_uid(current_task());
	BPF_CORE_READ_STR_INTO(&event.comm, who, comm);
	send(&event, sizeof(event));
	return 0;
}

static __always_inline int at_tracepoint(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	return by_thread || seems_last(task, leader) ? report(task, leader) : 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_tp_btf)
{
	return at_tracepoint();
}

SEC("raw_tp/sched_process_exit")
int BPF_PROG(exit_raw_tp)
{
	return at_tracepoint();
}

// do_exit() calls it just before the tracepoint, and no other task can cut in on a kprobe.
SEC("kprobe/taskstats_exit")
int BPF_KPROBE(exit_kprobe, struct task_struct *task, int group_dead)
{
	return by_thread || group_dead ? report(task, BPF_CORE_READ(task, group_leader)) : 0;
}
