// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How long threads wait for a processor, as histograms.
#define HIST_POWERS 36
#include "hist.bpf.h"
#include "run_queue.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile bool by_process = false;
const volatile bool by_thread = false;
const volatile bool by_pidns = false;
/** Slots of milliseconds, not microseconds. */
const volatile bool milliseconds = false;

/** Zeros where they are not told apart. */
struct wait_key {
	pid32 pid;
	pid32 tid;
	__u32 pidns;
};

HISTOGRAMS(waits, struct wait_key, 4096);

/** The PID namespace that a task is in: the innermost one that has a number for it. */
static __always_inline __u32 pidns_of(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	struct upid *last =
	        (void *)numbers + BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid);

	return BPF_CORE_READ(last, ns, ns.inum);
}

static __always_inline void report_wait(struct task_struct *task, struct task_struct *previous,
                                        __u64 now, __u64 waited)
{
	struct wait_key key = {};

	if (by_process)
		key.pid = BPF_CORE_READ(task, tgid);
	if (by_thread)
		key.tid = BPF_CORE_READ(task, pid);
	if (by_pidns)
		key.pidns = pidns_of(task);
	record_value(&waits, &waits_extremes, &key, waited,
	             milliseconds ? waited / 1000000 : waited / 1000);
}
