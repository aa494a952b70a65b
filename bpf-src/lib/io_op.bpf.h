/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What a request or bio asks for, in numbers that are the same on every kernel: the kernel's own
// are not.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>

enum io_op {
	IO_READ,
	IO_WRITE,
	IO_FLUSH,
	IO_DISCARD,
	IO_SECURE_ERASE,
	IO_WRITE_SAME,
	IO_WRITE_ZEROES,
	IO_ZONE_OPEN,
	IO_ZONE_CLOSE,
	IO_ZONE_FINISH,
	IO_ZONE_RESET,
	IO_ZONE_RESET_ALL,
	IO_ZONE_APPEND,
	/** A command for the driver, made by no filesystem, that may read data or write it. */
	IO_DRIVER_READ,
	IO_DRIVER_WRITE,
	IO_OTHER,
} __attribute__((packed));

/** Bits of our own. */
#define IO_SYNC (1 << 0)
#define IO_META (1 << 1)
#define IO_FUA (1 << 2)
#define IO_PRIO (1 << 3)
#define IO_NOMERGE (1 << 4)
#define IO_IDLE (1 << 5)
#define IO_RAHEAD (1 << 6)
#define IO_BACKGROUND (1 << 7)
#define IO_NOWAIT (1 << 8)
/** No data: it waits for a flush. */
#define IO_EMPTY (1 << 9)

#define REQ_OP_MASK 0xff

#define IS_OP_IN(type, name, op)                                                                   \
	(bpf_core_enum_value_exists(enum type, name) && op == bpf_core_enum_value(enum type, name))
#define IS_OP(name, op)                                                                            \
	(IS_OP_IN(req_op, REQ_OP_##name, op) || IS_OP_IN(req_opf, REQ_OP_##name##___v5, op))

static __always_inline bool is_passthrough(__u32 opf)
{
	__u32 op = opf & REQ_OP_MASK;

	return IS_OP(DRV_IN, op) || IS_OP(DRV_OUT, op) ||
	       IS_OP_IN(req_opf, REQ_OP_SCSI_IN___v5, op) ||
	       IS_OP_IN(req_opf, REQ_OP_SCSI_OUT___v5, op);
}

static __always_inline bool is_flush(__u32 opf)
{
	__u32 op = opf & REQ_OP_MASK;

	return IS_OP(FLUSH, op);
}

static __always_inline enum io_op io_op(__u32 opf)
{
	__u32 op = opf & REQ_OP_MASK;

#define TRY(name)                                                                                  \
	if (IS_OP(name, op))                                                                       \
	return IO_##name
	TRY(READ);
	TRY(WRITE);
	TRY(FLUSH);
	TRY(DISCARD);
	TRY(SECURE_ERASE);
	TRY(WRITE_ZEROES);
	TRY(ZONE_OPEN);
	TRY(ZONE_CLOSE);
	TRY(ZONE_FINISH);
	TRY(ZONE_RESET);
	TRY(ZONE_RESET_ALL);
	TRY(ZONE_APPEND);
#undef TRY
	if (IS_OP_IN(req_opf, REQ_OP_WRITE_SAME___v5, op))
		return IO_WRITE_SAME;
	if (!is_passthrough(opf))
		return IO_OTHER;
	return op & 1 ? IO_DRIVER_WRITE : IO_DRIVER_READ;
}

#define HAS_FLAG(opf, name)                                                                        \
	(bpf_core_enum_value_exists(enum req_flag_bits, __REQ_##name) &&                           \
	 (opf) >> bpf_core_enum_value(enum req_flag_bits, __REQ_##name) & 1)

static __always_inline __u32 io_flags(__u32 opf)
{
	__u32 flags = 0;

#define TRY(name)                                                                                  \
	if (HAS_FLAG(opf, name))                                                                   \
	flags |= IO_##name
	TRY(SYNC);
	TRY(META);
	TRY(FUA);
	TRY(PRIO);
	TRY(NOMERGE);
	TRY(IDLE);
	TRY(RAHEAD);
	TRY(BACKGROUND);
	TRY(NOWAIT);
#undef TRY
	return flags;
}
