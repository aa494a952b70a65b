/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// A ring of events: seen + lost = made, and the reader is woken only when it sleeps or the ring
// fills up.
#pragma once

#include "lost.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

/** Set while the reader looks by timer, or has been woken to do so; 0: it sleeps until it is woken.
 */
volatile __u32 consumer_awake = 0;

/** A power of two, such as a quarter of the ring: crossing a multiple wakes even an awake reader.
 */
const volatile __u32 ring_mark = 0;

/** Says in the object's BTF which struct a ring carries; the pointer is never used. */
#define EVENT_TYPE(ring, type) const type *const volatile ring##__type = NULL

#define RING_HEADER 8

/** Whether a record of `size` bytes wakes the reader; pass the answer on, or undo_wake() it. */
static __always_inline __u64 wake_for(__u64 size)
{
	__u64 before, after;

	if (!consumer_awake) {
		// One wake-up is enough for all that comes before the reader is up.
		consumer_awake = 1;
		return BPF_RB_FORCE_WAKEUP;
	}
	before = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	after = before + RING_HEADER + ((size + 7) & ~7ULL);

	// They differ in a bit at or above the mark exactly when a multiple of it lies between
	// them. Not only the first multiple: two CPUs at once may each miss one, and the next then
	// makes up for it.
	return (before ^ after) < ring_mark ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
}

/** The record did not fit, so that the reader, if it sleeps, has not been woken. */
static __always_inline void undo_wake(__u64 wake)
{
	// An awake reader that is told so once too often looks once too often.
	if (wake == BPF_RB_FORCE_WAKEUP)
		consumer_awake = 0;
}

/** Copies a record into the ring; false: there is no room. */
static __always_inline bool offer(void *record, __u64 size)
{
	__u64 wake = wake_for(size);

	if (!bpf_ringbuf_output(&events, record, size, wake))
		return true;
	undo_wake(wake);
	return false;
}

/** Copies a record into the ring, or counts it as lost. */
static __always_inline void send(void *record, __u64 size)
{
	if (!offer(record, size))
		count_lost();
}
