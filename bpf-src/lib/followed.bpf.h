/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Processes whose descendants belong to them: --exec and --follow. follow.bpf.h keeps this true.
#pragma once

#include "pidns.bpf.h"

/** By tgid: those user space put in, and their descendants. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, __u8);
} followed SEC(".maps");

struct followed_root {
	pid32 tgid;
	__u32 pidns;
};

/** What user space put in under the number that a PID namespace other than the initial one has. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct followed_root);
	__type(value, __u8);
} followed_roots SEC(".maps");

/** The PID namespace of the tool, by inode; 0: the initial one. */
const volatile __u32 own_pidns = 0;
/** The one whose numbers the user sees in /proc and gives. */
const volatile __u32 seen_pidns = 0;

static __always_inline bool is_root(struct task_struct *task, __u32 pidns)
{
	struct followed_root root = {tgid_in(task, pidns), pidns};

	return root.tgid && bpf_map_lookup_elem(&followed_roots, &root);
}

/** Its number may soon be somebody else's. */
static __always_inline void forget_root(struct task_struct *task, __u32 pidns)
{
	struct followed_root root = {tgid_in(task, pidns), pidns};

	bpf_map_delete_elem(&followed_roots, &root);
}

static __always_inline bool is_followed(struct task_struct *task)
{
	pid32 tgid = BPF_CORE_READ(task, tgid);

	if (bpf_map_lookup_elem(&followed, &tgid))
		return true;
	if (own_pidns && is_root(task, own_pidns))
		return true;
	return seen_pidns && seen_pidns != own_pidns && is_root(task, seen_pidns);
}
