/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Bios of disks that make no requests (device mapper, md, …), from where they are queued to their
// end, as many as the kernel counts in /proc/diskstats.
//
// Device mapper counts the parts that it splits a bio into. Each part calls bio_endio() by itself:
// of the one bio (since 5.18, 4857abf6d64e…), or of one that was split off it, which block_split
// tells of. A flush in front of data is another I/O to it: when that is done it clears REQ_PREFLUSH
// and begins anew (__dm_io_complete(); since 7.0 it can also pass both on together, and then it is
// one).
#pragma once

#include "key.bpf.h"

#define BIOS 32768

// Until 5.10 the queue comes first (e8a676d61c07, eb6f7f7cd3af).
typedef void (*btf_trace_block_bio_queue___queue)(void *, struct request_queue *, struct bio *);
typedef void (*btf_trace_block_split___queue)(void *, struct request_queue *, struct bio *,
                                              unsigned int);

struct queued_bio {
	ktime_ns time;
	/** The driver may hand the bio itself on to another one. */
	struct gendisk *disk;
	__u32 parts;
	/** A flush, then data. */
	bool flushes;
	/** No data. */
	bool empty;
	/** It was split off another one, and ends with one call of bio_endio(): 5.10 tells of it no
	 * more (since 5.12 it does, 60b6a7e6a0f4). */
	bool split_off;
	/** Seen at the beginning of submit_bio_noacct_nocheck(), and not yet by the tracepoint in
	 * it. */
	bool early;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BIOS);
	__type(key, struct bio *);
	__type(value, struct queued_bio);
} bios SEC(".maps");

enum begin {
	QUEUED,
	/** It was split in two, and goes on as one of them, or it is the one that was split off. */
	SPLIT,
	/** At the beginning of the function that queues it; also a bio that is queued again. */
	EARLY,
};

static __always_inline int begin_bio(struct bio *bio, enum begin how)
{
	struct gendisk *disk = disk_of_bio(bio);
	__u32 size = BPF_CORE_READ(bio, bi_iter.bi_size);
	struct queued_bio queued = {.time = bpf_ktime_get_ns(), .disk = disk, .empty = !size},
	                  *known;

	if (!disk || !takes_bios(disk) || !bio_wanted(bio, disk))
		return 0;
	known = bpf_map_lookup_elem(&bios, &bio);
	if (known && how == EARLY)
		return 0;
	if (known && how == SPLIT) {
		known->split_off = false;
		return 0;
	}
	if (known && known->early) {
		known->early = false;
		return 0;
	}
	// Of another one at this address the end has not been seen.
	if (known && !known->parts)
		count_lost();
	queued.split_off = how == SPLIT;
	queued.early = how == EARLY;
	queued.flushes = size && HAS_FLAG(BPF_CORE_READ(bio, bi_opf), PREFLUSH);
	if (bpf_map_update_elem(&bios, &bio, &queued, BPF_ANY))
		count_lost();
	return 0;
}

static __always_inline bool is_device_mapper(struct gendisk *disk)
{
	char name[DISK_NAME_BYTES] = {};

	BPF_CORE_READ_STR_INTO(&name, disk, disk_name);
	return name[0] == 'd' && name[1] == 'm' && name[2] == '-';
}

static __always_inline void record_bio(struct bio *bio, const struct queued_bio *queued)
{
	record(queued->disk, BPF_CORE_READ(bio, bi_opf), queued->empty,
	       bpf_ktime_get_ns() - queued->time);
}

/** A part has ended, or the only one. */
static __always_inline int end_part(struct bio *bio)
{
	struct queued_bio *queued = bpf_map_lookup_elem(&bios, &bio);
	bool device_mapper = queued && is_device_mapper(queued->disk);

	if (!queued || !(queued->split_off || device_mapper))
		return 0;
	// Device mapper passes on clones. This is another bio, in the place of one of a chain
	// (blk_next_bio(), such as for zeros to be written): of those 5.10 tells the end of the
	// last alone.
	if (device_mapper && disk_of_bio(bio) != queued->disk)
		return 0;
	__sync_fetch_and_add(&queued->parts, 1);
	record_bio(bio, queued);
	if (queued->split_off)
		bpf_map_delete_elem(&bios, &bio);
	return 0;
}

/** All of it has ended. */
static __always_inline int end_bio(struct bio *bio)
{
	struct queued_bio *queued = bpf_map_lookup_elem(&bios, &bio);

	if (!queued)
		return 0;
	// Of other drivers one I/O; also where the kernel skipped end_part(), as it does while an
	// interrupt has cut in on it.
	if (!queued->parts)
		record_bio(bio, queued);
	if (queued->flushes && !HAS_FLAG(BPF_CORE_READ(bio, bi_opf), PREFLUSH) &&
	    is_device_mapper(queued->disk))
		record_bio(bio, queued);
	bpf_map_delete_elem(&bios, &bio);
	return 0;
}

static __always_inline int queued_by(const __u64 *ctx)
{
	if (bpf_core_type_exists(btf_trace_block_bio_queue___queue))
		return begin_bio((void *)ctx[1], QUEUED);
	return begin_bio((void *)ctx[0], QUEUED);
}

static __always_inline int split_by(const __u64 *ctx)
{
	if (bpf_core_type_exists(btf_trace_block_split___queue))
		return begin_bio((void *)ctx[1], SPLIT);
	return begin_bio((void *)ctx[0], SPLIT);
}

// Two programs for the end, for the reason in disk_requests.bpf.h. The second finds nothing left to
// do.

SEC("tp_btf/block_bio_queue")
int queue_tp_btf(__u64 *ctx)
{
	return queued_by(ctx);
}

SEC("tp_btf/block_split")
int split_tp_btf(__u64 *ctx)
{
	return split_by(ctx);
}

SEC("tp_btf/block_bio_complete")
int BPF_PROG(end_tp_btf, void *queue, struct bio *bio)
{
	return end_bio(bio);
}

SEC("tp_btf/block_bio_complete")
int BPF_PROG(second_end_tp_btf, void *queue, struct bio *bio)
{
	return end_bio(bio);
}

SEC("fentry/bio_endio")
int BPF_PROG(part_fentry, struct bio *bio)
{
	return end_part(bio);
}

SEC("raw_tp/block_bio_queue")
int queue_raw_tp(__u64 *ctx)
{
	return queued_by(ctx);
}

SEC("raw_tp/block_split")
int split_raw_tp(__u64 *ctx)
{
	return split_by(ctx);
}

SEC("raw_tp/block_bio_complete")
int BPF_PROG(end_raw_tp, void *queue, struct bio *bio)
{
	return end_bio(bio);
}

SEC("raw_tp/block_bio_complete")
int BPF_PROG(second_end_raw_tp, void *queue, struct bio *bio)
{
	return end_bio(bio);
}

SEC("kprobe/bio_endio")
int BPF_KPROBE(part_kprobe, struct bio *bio)
{
	return end_part(bio);
}

// Where tracepoints can be preempted: disk_requests.bpf.h.

SEC("kprobe/submit_bio_noacct_nocheck")
int BPF_KPROBE(queue_kprobe, struct bio *bio)
{
	return begin_bio(bio, EARLY);
}
