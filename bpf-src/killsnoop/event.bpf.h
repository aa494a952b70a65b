/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What killsnoop reports: a call, what it was answered, and whom its signal reached.
#pragma once

#include "events.bpf.h"
#include "follow.bpf.h"
#include "syscall.bpf.h"
#include "who.bpf.h"

enum kill_via {
	KILL_VIA_KILL,
	KILL_VIA_TKILL,
	KILL_VIA_TGKILL,
	KILL_VIA_RT_SIGQUEUEINFO,
	KILL_VIA_RT_TGSIGQUEUEINFO,
	KILL_VIA_PIDFD_SEND_SIGNAL,
};

struct kill_event {
	ktime_ns time;
	struct who who;
	/** As the caller passed it, in its own PID namespace; of pidfd_send_signal the descriptor.
	 */
	__s32 asked;
	/** The last one that was reached: its process and thread in the initial namespace. */
	pid32 target_pid;
	pid32 target_tid;
	/** How many were reached. */
	__u32 targets;
	__s32 sig;
	__s32 ret;
	enum kill_via via;
	comm_t target_comm;
	__u32 _pad;
};

EVENT_TYPE(events, struct kill_event);

const volatile bool failed_only = false;

/** What was asked for. */
struct request {
	__s32 asked;
	__s32 sig;
	__u32 via;
};

static __always_inline struct request request_of(__u32 via, const void *regs, bool compat)
{
	struct syscall_args args = syscall_args(regs, compat, false);
	bool by_thread = via == KILL_VIA_TGKILL || via == KILL_VIA_RT_TGSIGQUEUEINFO;

	// A thread is named after its process.
	return by_thread ? (struct request){args.arg[1], args.arg[2], via}
	                 : (struct request){args.arg[0], args.arg[1], via};
}

struct reached {
	pid32 pid;
	pid32 tid;
	__u32 targets;
	comm_t comm;
};

/** By thread of the sender, while its call is under way. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, pid32);
	__type(value, struct reached);
} reached SEC(".maps");

// uapi/asm-generic/siginfo.h: what these calls, and nobody else, say of a signal.
#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TKILL (-6)
/** SEND_SIG_NOINFO and SEND_SIG_PRIV, in place of a pointer. */
#define NO_SIGINFO 1

static __always_inline int note_reached(const struct kernel_siginfo *info, struct task_struct *task)
{
	pid32 sender = bpf_get_current_pid_tgid();
	struct reached now = {}, *before;
	int code;

	if ((__u64)info <= NO_SIGINFO)
		return 0;
	code = BPF_CORE_READ(info, si_code);
	if (code != SI_USER && code != SI_QUEUE && code != SI_TKILL)
		return 0;
	before = bpf_map_lookup_elem(&reached, &sender);
	now.targets = (before ? before->targets : 0) + 1;
	now.pid = BPF_CORE_READ(task, tgid);
	now.tid = BPF_CORE_READ(task, pid);
	BPF_CORE_READ_STR_INTO(&now.comm, task, comm);
	bpf_map_update_elem(&reached, &sender, &now, BPF_ANY);
	return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(reached_tp_btf, int sig, const void *info, struct task_struct *task)
{
	return note_reached(info, task);
}

SEC("raw_tp/signal_generate")
int BPF_PROG(reached_raw_tp, int sig, const void *info, struct task_struct *task)
{
	return note_reached(info, task);
}

static __noinline int report(const struct request *request, int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct reached *target = bpf_map_lookup_elem(&reached, &tid);
	struct kill_event event = {};

	if (!request)
		return 0;
	// What a skipped program has left behind would add up; of a single one there is no more
	// than one, and of a call that failed, or asked only, none.
	if (target && ret >= 0 && request->sig) {
		bool single = request->asked > 0 && request->via != KILL_VIA_PIDFD_SEND_SIGNAL;

		event.target_pid = target->pid;
		event.target_tid = target->tid;
		event.targets = single ? 1 : target->targets;
		__builtin_memcpy(event.target_comm, target->comm, sizeof(event.target_comm));
	}
	if (target)
		bpf_map_delete_elem(&reached, &tid);
	if ((failed_only && ret >= 0) || !current_wanted())
		return 0;
	event.time = bpf_ktime_get_ns();
	read_who(&event.who);
	event.asked = request->asked;
	event.sig = request->sig;
	event.ret = ret;
	event.via = request->via;
	send(&event, sizeof(event));
	return 0;
}
