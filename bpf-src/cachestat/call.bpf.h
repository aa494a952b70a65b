/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Reads and page faults under way, and which of the pages that they ask for nobody had asked for
// before: those were brought in for them, or read ahead for somebody like them.
#pragma once

#include "follow.bpf.h"
#include "lost.bpf.h"

#define READERS 16384
#define FILES 16384

struct all_key {
	__u32 all;
};

struct cache_counts {
	counter64 hits;
	counter64 misses;
	counter64 dirties;
};

/** On each CPU by itself: readers would wait for each other's cache line. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1);
	__type(key, struct all_key);
	__type(value, struct cache_counts);
} counts SEC(".maps");

/** Pages that were brought in and that nobody has asked for yet: `left` of those from `from` on. */
struct window {
	/** Of which file's pages; 0: none. */
	__u64 mapping;
	__u64 from, to;
	__u64 left;
};

/** A read or a page fault under way, and what it has brought in so far. */
struct call {
	struct window added;
	__u64 pages;
	__u64 file;
	/** Where a read begins, or which page a fault is for. */
	__u64 at;
	/** What the caller had read by other means; of a fault whether it is tried again. */
	__u64 already;
};

/** A read may fault on the memory that it reads into. */
struct reader {
	struct call read, fault;
};

/** By thread. An entry stays until its room is needed: adding and deleting take locks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, READERS);
	__type(key, pid32);
	__type(value, struct reader);
} readers SEC(".maps");

/** What was read ahead of each open file, which is what the kernel reads ahead by. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FILES);
	__type(key, __u64);
	__type(value, struct window);
} ahead SEC(".maps");

static __always_inline struct cache_counts *counts_here(void)
{
	struct cache_counts *found, none = {};
	struct all_key key = {};

	found = bpf_map_lookup_elem(&counts, &key);
	if (found)
		return found;
	bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&counts, &key);
	if (!found)
		count_lost();
	return found;
}

static __always_inline struct reader *this_reader(void)
{
	pid32 tid = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&readers, &tid);
}

static __always_inline struct reader *new_reader(void)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct reader *found = this_reader(), none = {};

	if (found)
		return found;
	bpf_map_update_elem(&readers, &tid, &none, BPF_ANY);
	return this_reader();
}

static __always_inline void enter_call(struct call *call, const struct file *file, __u64 at,
                                       __u64 already)
{
	// Its end was not seen.
	if (call->added.mapping)
		count_lost();
	call->added.mapping = (__u64)BPF_CORE_READ(file, f_mapping);
	call->added.left = 0;
	call->pages = 0;
	call->file = (__u64)file;
	call->at = at;
	call->already = already;
}

/** How many of the pages from `from` to before `to` were brought in and not asked for before; from
 * now on they are. */
static __always_inline __u64 take(struct window *window, __u64 from, __u64 to)
{
	__u64 low = from > window->from ? from : window->from;
	__u64 high = to < window->to ? to : window->to;
	__u64 taken;

	if (!window->left || low >= high)
		return 0;
	taken = high - low < window->left ? high - low : window->left;
	// Reads go on from here: what lies before is forgotten.
	window->from = high;
	window->left -= taken;
	if (window->left > window->to - high)
		window->left = window->to - high;
	return taken;
}

/** A call ends that has asked for the pages from `from` to before `to`. */
static __always_inline void leave_call(struct call *call, __u64 from, __u64 to)
{
	struct window added = call->added, *known = NULL;
	__u64 file = call->file, misses = call->pages, asked = to - from, fresh;
	struct cache_counts *here;

	call->added.mapping = 0;
	fresh = take(&added, from, to);
	// Nothing is read ahead of a file that has no window of the kernel's own.
	if (added.left || BPF_CORE_READ((struct file *)file, f_ra.size))
		known = bpf_map_lookup_elem(&ahead, &file);
	// The same place in memory may have become another file.
	if (known && known->mapping == added.mapping)
		fresh += take(known, from, to);
	if (added.left) {
		if (!known) {
			bpf_map_update_elem(&ahead, &file, &added, BPF_ANY);
		} else if (known->mapping == added.mapping && known->left &&
		           known->to == added.from) {
			known->to = added.to;
			known->left += added.left;
		} else {
			*known = added;
		}
	}
	here = counts_here();
	if (!here)
		return;
	if (asked > fresh)
		__sync_fetch_and_add(&here->hits, asked - fresh);
	if (misses)
		__sync_fetch_and_add(&here->misses, misses);
}

/** Where to keep a call of the current thread; NULL: it is not wanted, or there is no room, which
 * is counted as lost. */
static __always_inline struct reader *wanted_reader(void)
{
	struct reader *reader;

	if (!current_wanted())
		return NULL;
	reader = new_reader();
	if (!reader)
		count_lost();
	return reader;
}
