// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each time a thread waited long for a processor.
#include "events.bpf.h"
#include "run_queue.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct wait_event {
	/** When it ran. */
	ktime_ns time;
	duration_ns waited;
	cgroup_id cgroup;
	pid32 pid;
	pid32 tid;
	/** Who ran before it there; 0: nobody. */
	pid32 prev_pid;
	pid32 prev_tid;
	uid32 uid;
	__u32 cpu;
	comm_t comm;
	comm_t prev_comm;
};

EVENT_TYPE(events, struct wait_event);

const volatile duration_ns min_wait = 0;

static __always_inline void report_wait(struct task_struct *task, struct task_struct *previous,
                                        __u64 now, __u64 waited)
{
	struct wait_event event = {.time = now, .waited = waited};

	if (waited < min_wait)
		return;
	event.cgroup = home_cgroup_id(task);
	event.pid = BPF_CORE_READ(task, tgid);
	event.tid = BPF_CORE_READ(task, pid);
	event.prev_pid = BPF_CORE_READ(previous, tgid);
	event.prev_tid = BPF_CORE_READ(previous, pid);
	event.uid = uid_of(task, ANYBODY);
	event.cpu = bpf_get_smp_processor_id();
	BPF_CORE_READ_STR_INTO(&event.comm, task, comm);
	BPF_CORE_READ_STR_INTO(&event.prev_comm, previous, comm);
	send(&event, sizeof(event));
}
