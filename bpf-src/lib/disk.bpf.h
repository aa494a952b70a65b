/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The disk and the partition of a request or a bio, and the filter by them.
#pragma once

#include "load.bpf.h"

/** A device number as the kernel has it, 0: none. */
typedef __u32 device_number;

/** Only this disk; 0: all. */
const volatile device_number filter_disk = 0;
/** Of that disk this partition only; 0: all of it. */
const volatile device_number filter_partition = 0;

#define DISK_NAME_BYTES 32

/** NULL for a request that belongs to no disk, such as one to a SCSI host. */
static __always_inline struct gendisk *disk_of_request(struct request___blk *rq, bool typed)
{
	struct request___v5_16 *old = (void *)rq;
	struct request_queue *queue;

	if (bpf_core_field_exists(old->rq_disk))
		return LOAD(typed, old, rq_disk);
	queue = LOAD(typed, rq, q);
	return LOAD(typed, queue, disk);
}

static __always_inline struct gendisk *disk_of_bio(struct bio *bio)
{
	struct bio___v5_11 *old = (void *)bio;

	return bpf_core_field_exists(old->bi_disk) ? BPF_CORE_READ(old, bi_disk)
	                                           : BPF_CORE_READ(bio, bi_bdev, bd_disk);
}

static __always_inline device_number disk_number(struct gendisk *disk)
{
	return (__u32)BPF_CORE_READ(disk, major) << 20 | BPF_CORE_READ(disk, first_minor);
}

/** The whole disk's number where there is no partition; 0 for a request that the kernel does not
 * account for. */
static __always_inline device_number partition_of_request(struct request___blk *rq)
{
	struct block_device *part = BPF_CORE_READ(rq, part);
	struct hd_struct *old = (void *)part;

	if (!part)
		return 0;
	return bpf_core_type_exists(struct hd_struct) ? BPF_CORE_READ(old, __dev.devt)
	                                              : BPF_CORE_READ(part, bd_dev);
}

/** The same of a bio; before 5.12 bios know their partition only until they are queued. */
static __always_inline device_number partition_of_bio(struct bio *bio)
{
	return bpf_core_field_exists(bio->bi_bdev) ? BPF_CORE_READ(bio, bi_bdev, bd_dev) : 0;
}

/** By the filter; without one the disk is not asked for. */
static __always_inline bool request_wanted(struct request___blk *rq, bool typed)
{
	if (filter_disk) {
		struct gendisk *disk = disk_of_request(rq, typed);

		if (!disk || disk_number(disk) != filter_disk)
			return false;
	}
	return !filter_partition || partition_of_request(rq) == filter_partition;
}

static __always_inline bool bio_wanted(struct bio *bio, struct gendisk *disk)
{
	return (!filter_disk || disk_number(disk) == filter_disk) &&
	       (!filter_partition || partition_of_bio(bio) == filter_partition);
}

/** Whether the disk's driver takes bios as they come and makes no requests: device mapper, md, … */
static __always_inline bool takes_bios(struct gendisk *disk)
{
	return BPF_CORE_READ(disk, fops, submit_bio);
}
