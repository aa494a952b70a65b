/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The filters by process, the same in every tool. What is not given costs nothing: the constants
// are known when the programs are loaded, and the verifier takes out what they rule out.
#pragma once

#include "cgroup_filter.bpf.h"
#include "followed.bpf.h"
#include "current.bpf.h"

/** The tool itself, whose doings are never reported, as `own_pidns` numbers it. */
const volatile pid32 self_tgid = 0;

/** Whether anything of what follows is given: the user asked for some processes and not for all.
 * Where nobody is known, nothing is shown then. */
const volatile bool filter_any = false;

/** A single one, as `seen_pidns` numbers it; 0: any. */
const volatile pid32 filter_tgid = 0;
const volatile pid32 filter_tid = 0;
const volatile pid32 filter_ppid = 0;

/** Those in `listed`; …_others: those that are not. */
const volatile bool filter_by_tgid = false;
const volatile bool filter_by_tid = false;
const volatile bool filter_by_ppid = false;
const volatile bool filter_by_uid = false;
const volatile bool filter_by_netns = false;
const volatile bool filter_by_comm = false;
const volatile bool tgid_others = false;
const volatile bool tid_others = false;
const volatile bool ppid_others = false;
const volatile bool uid_others = false;
const volatile bool netns_others = false;
const volatile bool comm_others = false;

/** Only processes that are followed, or with `unfollow` only others. */
const volatile bool filter_followed = false;
const volatile bool unfollow = false;

const volatile bool filter_by_cgroupmap = false;
const volatile bool filter_by_mntnsmap = false;

enum listed_kind { LISTED_TGID, LISTED_TID, LISTED_PPID, LISTED_UID, LISTED_NETNS };

struct listed_key {
	__u32 kind;
	__u32 id;
};

/** Created only where it is asked for, as the following maps are. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct listed_key);
	__type(value, __u8);
} listed SEC(".maps");

struct listed_comm {
	comm_t comm;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct listed_comm);
	__type(value, __u8);
} listed_comms SEC(".maps");

/** bcc's --cgroupmap and --mntnsmap: the user's own maps in place of these. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
} cgroupmap SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
} mntnsmap SEC(".maps");

static __always_inline bool is_listed(enum listed_kind kind, __u32 id)
{
	struct listed_key key = {kind, id};

	return bpf_map_lookup_elem(&listed, &key);
}

static __always_inline bool comm_listed(struct task_struct *task)
{
	struct listed_comm key = {};

	BPF_CORE_READ_STR_INTO(&key.comm, task, comm);
	return bpf_map_lookup_elem(&listed_comms, &key);
}

static __always_inline bool in_cgroupmap(struct task_struct *task)
{
	__u64 id = id_of_cgroup(cgroup_of((__u64)task, 0));

	return bpf_map_lookup_elem(&cgroupmap, &id);
}

static __always_inline bool in_mntnsmap(struct task_struct *task)
{
	__u64 id = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);

	return bpf_map_lookup_elem(&mntnsmap, &id);
}

/** By where the task is: its cgroups and namespaces. */
static __always_inline bool place_wanted(struct task_struct *task)
{
	if (filter_by_cgroup && !wanted_by_cgroup((__u64)task))
		return false;
	if (filter_by_container && !wanted_by_container((__u64)task))
		return false;
	if (filter_by_unit && !wanted_by_unit((__u64)task))
		return false;
	if (filter_by_netns &&
	    is_listed(LISTED_NETNS, BPF_CORE_READ(task, nsproxy, net_ns, ns.inum)) == netns_others)
		return false;
	if (filter_by_cgroupmap && !in_cgroupmap(task))
		return false;
	return !filter_by_mntnsmap || in_mntnsmap(task);
}

/** Whose numbers and user count: the helpers that tell the current task's cost less than reading.
 */
enum whose { CURRENT, ANYBODY };

/** By numbers. `tid`: what the thread is known by in the initial namespace, where that is not its
 * own number any longer; 0: its own. */
static __always_inline bool numbers_wanted(struct task_struct *task, pid32 tid, enum whose whose)
{
	// The process of the current task is that of `task`, though the thread may be another.
	pid32 here = whose == CURRENT ? bpf_get_current_pid_tgid() >> 32 : tgid_in(task, 0);
	pid32 own = own_pidns ? tgid_in(task, own_pidns) : here;
	pid32 tgid = seen_pidns ? tgid_in(task, seen_pidns) : here;

	if (self_tgid && own == self_tgid)
		return false;
	if (filter_tgid && tgid != filter_tgid)
		return false;
	if (filter_by_tgid && is_listed(LISTED_TGID, tgid) == tgid_others)
		return false;
	if (filter_tid || filter_by_tid) {
		if (!tid || seen_pidns)
			tid = tid_in(task, seen_pidns);
		if (filter_tid && tid != filter_tid)
			return false;
		if (filter_by_tid && is_listed(LISTED_TID, tid) == tid_others)
			return false;
	}
	return true;
}

/** What --ppid compares: a parent's number as the user gives it. */
static __always_inline pid32 ppid_seen(struct task_struct *task)
{
	return tgid_in(BPF_CORE_READ(task, real_parent), seen_pidns);
}

static __always_inline bool parent_wanted(pid32 ppid)
{
	if (filter_ppid && ppid != filter_ppid)
		return false;
	return !filter_by_ppid || is_listed(LISTED_PPID, ppid) != ppid_others;
}

static __always_inline bool parent_of_wanted(struct task_struct *task)
{
	return (!filter_ppid && !filter_by_ppid) || parent_wanted(ppid_seen(task));
}

static __always_inline uid32 uid_of(struct task_struct *task, enum whose whose)
{
	return whose == CURRENT ? bpf_get_current_uid_gid() : BPF_CORE_READ(task, cred, uid.val);
}

static __always_inline bool is_wanted(struct task_struct *task, pid32 tid,
                                      struct task_struct *named, enum whose whose)
{
	if (!numbers_wanted(task, tid, whose))
		return false;
	if (filter_by_uid && is_listed(LISTED_UID, uid_of(task, whose)) == uid_others)
		return false;
	if (filter_by_comm && comm_listed(named) == comm_others)
		return false;
	if (!place_wanted(task))
		return false;
	return !filter_followed || is_followed(task) != unfollow;
}

static __noinline bool task_meets(__u64 task_at, pid32 tid, __u64 named_at)
{
	return is_wanted((void *)task_at, tid, (void *)named_at, CURRENT);
}

static __noinline __attribute__((unused)) bool any_task_meets(__u64 task_at)
{
	struct task_struct *task = (void *)task_at;

	return is_wanted(task, 0, task, ANYBODY) && parent_of_wanted(task);
}

/** Else only the tool itself is left out, by its number here: a tenth of the instructions. */
static __always_inline bool must_look(void)
{
	return filter_any || own_pidns || seen_pidns;
}

static __always_inline bool is_other(pid32 tgid)
{
	return !self_tgid || tgid != self_tgid;
}

/** Whether a task is one the user asked for, but for its parent. The user is that of the current
 * task: call it from there. `named`: the one whose name counts. */
static __always_inline bool task_wanted(__u64 task_at, pid32 tid, __u64 named_at)
{
	return must_look() ? task_meets(task_at, tid, named_at)
	                   : is_other(bpf_get_current_pid_tgid() >> 32);
}

/** The same of a task that need not run, parent included: such as one that is to run next. */
static __always_inline bool any_task_wanted(__u64 task_at)
{
	return must_look() ? any_task_meets(task_at)
	                   : is_other(BPF_CORE_READ((struct task_struct *)task_at, tgid));
}

/** Whether the current thread is one the user asked for. */
static __always_inline bool current_wanted(void)
{
	__u64 task;

	if (!must_look())
		return is_other(bpf_get_current_pid_tgid() >> 32);
	task = bpf_get_current_task();
	return task_meets(task, 0, task) && parent_of_wanted((void *)task);
}

/** The same, where the current task is at hand. */
static __always_inline bool current_task_wanted(struct task_struct *task)
{
	return must_look() ? current_wanted() : is_other(current_tgid(task));
}
