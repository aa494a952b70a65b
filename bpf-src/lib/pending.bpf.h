/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What a thread went into a kernel function with, kept until it comes out again: a hash map keyed
// by thread. Attach the program at the way out first, then nothing goes in that is not seen to come
// out.
#pragma once

#include "events.bpf.h"

/** Keeps `value` for the current thread in a map; what does not fit is counted as lost. */
static __always_inline void keep_pending(void *map, const void *value)
{
	pid32 tid = bpf_get_current_pid_tgid();
	// An int to the kernel, which some versions hand over with the upper half zeroed.
	int err = bpf_map_update_elem(map, &tid, value, BPF_NOEXIST);

	if (!err)
		return;
	count_lost();
	// There already: the thread was not seen to come out, and what is lost is that call. A
	// kretprobe has few instances (as many as CPUs on 5.10 without preemption, twice as many or
	// 10 on others) and misses a call when all are taken, such as by opens of FIFOs that wait
	// for their other side.
	if (err == -EEXIST)
		bpf_map_update_elem(map, &tid, value, BPF_ANY);
}
