/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The filters by process, the same in every tool. 0 is no filter.
#pragma once

#include "kernel.h"
#include <bpf/bpf_helpers.h>

const volatile pid32 filter_tgid = 0;
const volatile pid32 filter_tid = 0;
/** Only if filter_by_uid, since 0 is somebody. */
const volatile uid32 filter_uid = 0;
const volatile bool filter_by_uid = false;
/** The tool itself, whose doings are never reported. */
const volatile pid32 self_tgid = 0;
/** Only processes in `followed`. */
const volatile bool filter_followed = false;

/** Processes by tgid: those user space put in, and with follow.bpf.h their descendants. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, __u8);
} followed SEC(".maps");

/** Whether the thread (tgid << 32 | tid) is one the user asked for. */
static __always_inline bool thread_wanted(__u64 thread)
{
	pid32 tgid = thread >> 32;

	if (tgid == self_tgid)
		return false;
	if (filter_tgid && tgid != filter_tgid)
		return false;
	if (filter_tid && (pid32)thread != filter_tid)
		return false;
	if (filter_by_uid && (uid32)bpf_get_current_uid_gid() != filter_uid)
		return false;
	return !filter_followed || bpf_map_lookup_elem(&followed, &tgid);
}
