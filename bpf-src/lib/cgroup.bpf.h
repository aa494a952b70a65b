/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The cgroup of a task or socket, in any hierarchy: by the number that is the inode of the cgroup's
// directory too (64-bit kernels since 5.5).
#pragma once

#include "current.bpf.h"

/** Hierarchies at most: a dozen controllers of v1, and named ones. */
#define MAX_HIERARCHIES 32

/** As /proc/PID/cgroup numbers them: 0 is v2. Where containers and units are looked for. */
const volatile __u32 home_hierarchy = 0;

/** A task's cgroup in a hierarchy, by address; 0: none. */
static __noinline __u64 cgroup_of(__u64 task, __u32 hierarchy)
{
	struct css_set *set = BPF_CORE_READ((struct task_struct *)task, cgroups);
	struct list_head *head, *at;

	if (!hierarchy)
		return (__u64)BPF_CORE_READ(set, dfl_cgrp);
	// A named hierarchy has no controller to ask: the list has every one.
	head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	at = BPF_CORE_READ(head, next);
	for (int i = 0; i < MAX_HIERARCHIES && at != head; i++) {
		struct cgrp_cset_link *link =
		        (void *)at - bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
		struct cgroup *cgroup = BPF_CORE_READ(link, cgrp);

		if ((__u32)BPF_CORE_READ(cgroup, root, hierarchy_id) == hierarchy)
			return (__u64)cgroup;
		at = BPF_CORE_READ(at, next);
	}
	return 0;
}

static __always_inline __u64 id_of_cgroup(__u64 cgroup)
{
	return BPF_CORE_READ((struct cgroup *)cgroup, kn, id);
}

/** For records: what user space makes a container's or a unit's name of. */
static __always_inline __u64 home_cgroup_id(struct task_struct *task)
{
	return id_of_cgroup(cgroup_of((__u64)task, home_hierarchy));
}

/** The same of the current task. */
static __always_inline __u64 current_home_cgroup_id(struct task_struct *task)
{
	if (home_hierarchy)
		return home_cgroup_id(task);
	return is_task_typed() ? task->cgroups->dfl_cgrp->kn->id : bpf_get_current_cgroup_id();
}

/** The cgroup (v2) that a full socket was made in, also where nobody's task runs; 1 is the root. */
static __always_inline __u64 socket_cgroup_id(const struct sock *sk)
{
	__u64 cgroup;

	if (!bpf_core_field_exists(sk->sk_cgrp_data))
		return 0;
	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return id_of_cgroup((__u64)BPF_CORE_READ(sk, sk_cgrp_data.cgroup));
	// Until 5.15 (8520e224f547) a word of two meanings: with one of the low bits set no cgroup.
	cgroup = BPF_CORE_READ((const struct sock___word *)sk, sk_cgrp_data.val);
	return cgroup & 3 || !cgroup ? 1 : id_of_cgroup(cgroup);
}
