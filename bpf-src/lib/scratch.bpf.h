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

// A slot for each program: another task on the same CPU may preempt fentry and fexit programs
// (since 5.12: 74d862b682f5 lets migrate_disable() preempt) and those of syscall tracepoints (7.2
// runs them in trace_call_bpf_faultable()). The same program does not run a second time meanwhile,
// which the kernel counts as a miss, but another one would write over the record. Programs that are
// not attached together may share a slot.
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
