/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Histograms in a map, by key. They only ever grow: user space subtracts what it has read before,
// so that reading loses nothing.
//
//	#define HIST_POWERS 40
//	#include "hist.bpf.h"
//	HISTOGRAMS(latencies, struct latency_key, 1024);
//	… record_value(&latencies, &latencies_extremes, &key, nanoseconds, nanoseconds / 1000);
#pragma once

#include "lost.bpf.h"
#include <bpf/bpf_helpers.h>

/** Values below 2^HIST_POWERS have a slot of their own range; larger ones share the last. */
#ifndef HIST_POWERS
#error "define HIST_POWERS first"
#endif

/** A power of two is cut into 2^HIST_PART_BITS slots of equal width; smaller values have one each.
 */
#define HIST_PART_BITS 3
#define HIST_PARTS (1 << HIST_PART_BITS)
#define HIST_SLOTS ((HIST_POWERS - HIST_PART_BITS + 1) * HIST_PARTS)

/** Counted up by user space at the end of an interval; minimum and maximum are those of one. */
volatile __u64 generation = 1;

struct hist {
	counter64 sum;
	/** The highest and lowest value noted, the generation above GENERATION_SHIFT: with several
	 * CPUs storing at once not exact, but never beyond what is in `extremes`. */
	__u64 _highest;
	__u64 _lowest;
	__u64 slots[HIST_SLOTS];
};

struct extremes_of {
	__u64 generation;
	count64 min;
	count64 max;
};

/** Of this interval and the one before, on one CPU. */
struct extremes {
	struct extremes_of even, odd;
};

#define GENERATION_SHIFT 48
#define MOST_VALUE ((1ULL << GENERATION_SHIFT) - 1)

#define HISTOGRAMS(name, key_type, entries)                                                        \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_HASH);                                                   \
		__uint(max_entries, entries);                                                      \
		__type(key, key_type);                                                             \
		__type(value, struct hist);                                                        \
	} name SEC(".maps");                                                                       \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                            \
		__uint(max_entries, entries);                                                      \
		__type(key, key_type);                                                             \
		__type(value, struct extremes);                                                    \
	} name##_extremes SEC(".maps")

static const struct hist no_values = {};

/** The place of the highest bit. Without a branch, of which the verifier would follow each way. */
static __always_inline __u64 log2_of(__u64 value)
{
#pragma unroll
	for (__u32 shift = 1; shift < 64; shift *= 2)
		value |= value >> shift;
	// All bits below are set now; they are counted in pairs, fours and bytes.
	value >>= 1;
	value -= (value >> 1) & 0x5555555555555555ULL;
	value = (value & 0x3333333333333333ULL) + ((value >> 2) & 0x3333333333333333ULL);
	value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (value * 0x0101010101010101ULL) >> 56;
}

static __always_inline __u64 hist_slot(__u64 value)
{
	__u64 shift, slot;

	if (value < HIST_PARTS)
		return value;
	shift = log2_of(value) - HIST_PART_BITS;
	slot = ((shift + 1) << HIST_PART_BITS) + ((value >> shift) & (HIST_PARTS - 1));
	return slot < HIST_SLOTS ? slot : HIST_SLOTS - 1;
}

/** Minimum and maximum, on each CPU by itself: no two store at once. */
static __always_inline void note_extremes(void *map, const void *key, __u64 value, __u64 now)
{
	struct extremes none = {}, *both = bpf_map_lookup_elem(map, key);
	struct extremes_of *of;

	if (!both) {
		bpf_map_update_elem(map, key, &none, BPF_NOEXIST);
		both = bpf_map_lookup_elem(map, key);
		if (!both)
			return;
	}
	of = now & 1 ? &both->odd : &both->even;
	if (of->generation != now) {
		of->min = value;
		of->max = value;
		of->generation = now;
	} else if (value > of->max) {
		of->max = value;
	} else if (value < of->min) {
		of->min = value;
	}
}

/**
 * Counts a value that falls into the slot of `scaled`; sum, minimum and maximum are of `value`
 * itself. A key that does not fit is counted as lost.
 */
static __always_inline void record_value(void *hists, void *extremes, const void *key, __u64 value,
                                         __u64 scaled)
{
	struct hist *hist = bpf_map_lookup_elem(hists, key);
	__u64 now = generation, slot = hist_slot(scaled), mark;

	if (!hist) {
		bpf_map_update_elem(hists, key, &no_values, BPF_NOEXIST);
		hist = bpf_map_lookup_elem(hists, key);
		if (!hist) {
			count_lost();
			return;
		}
	}
	// Said again for the verifier of 5.10, which forgets it where registers are spilled.
	barrier_var(slot);
	if (slot >= HIST_SLOTS)
		return;
	__sync_fetch_and_add(&hist->slots[slot], 1);
	__sync_fetch_and_add(&hist->sum, value);
	if (value > MOST_VALUE)
		value = MOST_VALUE;
	mark = now << GENERATION_SHIFT | value;
	// Noted first and stored then: what is stored has been noted, so what lies between the two
	// needs no second note. A store that overtakes another costs a note too many.
	if ((hist->_highest ^ mark) >> GENERATION_SHIFT || mark > hist->_highest) {
		note_extremes(extremes, key, value, now);
		hist->_highest = mark;
		if ((hist->_lowest ^ mark) >> GENERATION_SHIFT)
			hist->_lowest = mark;
	}
	if ((hist->_lowest ^ mark) >> GENERATION_SHIFT || mark < hist->_lowest) {
		note_extremes(extremes, key, value, now);
		hist->_lowest = mark;
	}
}
