/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Requests to disks, from their issue or since they were made.
#pragma once

#include "key.bpf.h"

struct issued_request {
	ktime_ns time;
};

#include "disk_requests.bpf.h"

/** Includes the time before the issue. */
const volatile bool queued = false;

static __always_inline bool keep_request(struct request___blk *rq, struct issued_request *kept)
{
	return true;
}

static __always_inline void request_not_kept(void)
{
}

static __always_inline void report_request(const struct ended_request *ended,
                                           const struct issued_request *kept, bool typed)
{
	struct gendisk *disk = by_disk ? disk_of_request(ended->rq, typed) : NULL;
	ktime_ns begin = queued && ended->made ? ended->made : ended->issued;
	ktime_ns now = bpf_ktime_get_ns();

	if (begin >= began)
		record(disk, ended->opf, ended->empty, now > begin ? now - begin : 0);
}
