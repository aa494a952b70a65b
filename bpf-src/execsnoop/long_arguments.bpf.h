/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Arguments too long for scratch memory: read from user memory straight into the ring.
//
// A per-CPU map holds at most 32 KiB a value (PCPU_MIN_UNIT_SIZE), and a place in the ring is of a
// constant size: there is a choice of sizes, so that less than half of what is taken is not used.
#pragma once

#include "event.bpf.h"

/** The most bytes of arguments in a record: what one argument may be (MAX_ARG_STRLEN), and more. */
#define LONG_BYTES (132 << 10)
/** The head is rarely longer: without -F only a file name. */
#define SMALL_HEAD 1024

/** Takes `head` + `size` bytes in the ring and fills them. */
#define SEND_LONG(event, head, size, from, most_head, most_size)                                   \
	do {                                                                                       \
		__u64 wake = wake_for((most_head) + (most_size));                                  \
		char *record = bpf_ringbuf_reserve(&events, (most_head) + (most_size), 0);         \
                                                                                                   \
		if (!record) {                                                                     \
			undo_wake(wake);                                                           \
			count_lost();                                                              \
			return 0;                                                                  \
		}                                                                                  \
		barrier_var(head);                                                                 \
		barrier_var(size);                                                                 \
		if (head > (most_head) || size > (most_size)) {                                    \
			bpf_ringbuf_discard(record, wake);                                         \
			return 0;                                                                  \
		}                                                                                  \
		bpf_probe_read_kernel(record, head, event);                                        \
		if (bpf_probe_read_user(record + head, size, (const void *)(from)))                \
			mark_unread((struct exec_event *)record);                                  \
		bpf_ringbuf_submit(record, wake);                                                  \
		return 0;                                                                          \
	} while (0)

/** The memory could not be read: all of the arguments are missing. */
static __always_inline void mark_unread(struct exec_event *event)
{
	event->cut += event->args.len;
	event->args.len = 0;
}

/** Sends a record that event->args.len bytes of arguments at `from` follow. */
static __noinline int send_long(struct exec_event *event, __u64 from)
{
	__u64 head = event->args.at, size = event->args.len;

	if (size <= 16 << 10 && head <= SMALL_HEAD)
		SEND_LONG(event, head, size, from, SMALL_HEAD, 16 << 10);
	if (size <= 32 << 10 && head <= SMALL_HEAD)
		SEND_LONG(event, head, size, from, SMALL_HEAD, 32 << 10);
	if (size <= 64 << 10 && head <= SMALL_HEAD)
		SEND_LONG(event, head, size, from, SMALL_HEAD, 64 << 10);
	if (head <= SMALL_HEAD)
		SEND_LONG(event, head, size, from, SMALL_HEAD, LONG_BYTES);
	if (size <= 32 << 10)
		SEND_LONG(event, head, size, from, HEAD_BYTES, 32 << 10);
	SEND_LONG(event, head, size, from, HEAD_BYTES, LONG_BYTES);
	return 0;
}
