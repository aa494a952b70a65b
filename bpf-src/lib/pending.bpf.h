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
	long err = bpf_map_update_elem(map, &tid, value, BPF_NOEXIST);

	if (!err)
		return;
	count_lost();
	// The thread is not seen to come out if a kretprobe has no instance left for it (there are
	// twice as many as CPUs, and at least 10), as when many opens of FIFOs wait for the other
	// side. Then what is lost is the one before.
	if (err == -EEXIST)
		bpf_map_update_elem(map, &tid, value, BPF_ANY);
}
