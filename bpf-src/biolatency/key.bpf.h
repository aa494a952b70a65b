/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// By what I/Os are told apart, and the histograms.
#pragma once

#define HIST_POWERS 40
#include "disk.bpf.h"
#include "hist.bpf.h"
#include "io_op.bpf.h"
#include <bpf/bpf_tracing.h>

const volatile bool by_disk = false;
const volatile bool by_flags = false;
/** Slots of milliseconds, not microseconds. */
const volatile bool milliseconds = false;

/** Zeros where they are not told apart. The name and not the number: it is at hand, and still is
 * when the disk has gone. */
struct latency_key {
	char disk[DISK_NAME_BYTES];
	/** IO_… */
	__u32 flags;
	enum io_op op;
	__u8 _padding[3];
};

HISTOGRAMS(latencies, struct latency_key, 1024);

/** `disk`: only read where disks are told apart. */
static __always_inline void record(struct gendisk *disk, __u32 opf, bool empty, __u64 latency)
{
	struct latency_key key = {};

	if (by_disk)
		BPF_CORE_READ_STR_INTO(&key.disk, disk, disk_name);
	if (by_flags) {
		key.flags = io_flags(opf) | (empty ? IO_EMPTY : 0);
		key.op = io_op(opf);
	}
	record_value(&latencies, &latencies_extremes, &key, latency,
	             milliseconds ? latency / 1000000 : latency / 1000);
}
