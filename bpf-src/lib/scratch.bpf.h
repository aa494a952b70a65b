/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Room to build a record in: larger than the 512 bytes of stack a BPF program has.
#pragma once

#include "kernel.h"
#include <bpf/bpf_helpers.h>

#if !defined(SCRATCH_BYTES) || !defined(SCRATCH_SLOTS)
#error "define SCRATCH_BYTES and SCRATCH_SLOTS first"
#endif

struct scratch {
	__u8 bytes[SCRATCH_BYTES];
};

// A slot for each program. Where kernel code can be preempted, another task on the same CPU may cut
// in on fentry and fexit programs (migrate_disable() allows that since 5.11) and on those of system
// call tracepoints (7.2: trace_call_bpf_faultable()). The same program does not run a second time
// meanwhile, which the kernel counts as a miss (since 5.12: ca06f55b9002), but another one would
// write over the record. Programs that are never attached together may share a slot.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch SEC(".maps");

static __always_inline void *scratch_slot(__u32 slot)
{
	return bpf_map_lookup_elem(&scratch, &slot);
}
