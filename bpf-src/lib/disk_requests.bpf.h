/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Requests, from their issue to the device to their completion, as many as the kernel counts in
// /proc/diskstats. What it counts (blk_account_io_done(), blk_account_io_flush() in 5.10, 6.1, 6.12
// and 7.1):
// - a request once, when all of it has completed, also with an error, also when it never was
// issued;
// - of one with a flush before or after its data (blk-flush.c) the data, and the flush by itself;
// - of one that is nothing but a flush the request, as a write, and again the flush by itself;
// - no request made by no bio (is_passthrough()) but those that it set `part` for.
//
// The tool says what it keeps of a request meanwhile: struct issued_request, which begins with
// `ktime_ns time`.
//
// `typed`: the program may load by itself (load.bpf.h).
#pragma once

#include "disk.bpf.h"
#include "io_op.bpf.h"
#include "load.bpf.h"
#include "lost.bpf.h"
#include <bpf/bpf_tracing.h>

#define REQUESTS 32768

/** What was begun before is not counted. */
const volatile ktime_ns began = 0;

// Requests by their address, in a variable of its own: what a helper has read from the stack is no
// pointer to the verifier any longer. The same address is issued again only after it has completed,
// or has been taken back. An entry stays, with a time of 0 once it has completed: adding and
// deleting take a lock, and fail where an interrupt has cut in on that (5.11 to 6.6, d35381aa73f7).
// Only those of disks that are gone are not issued again, and they make room.
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, REQUESTS);
	__type(key, struct request___blk *);
	__type(value, struct issued_request);
} issued SEC(".maps");

// When the request of that address was made that never was issued and whose end the first of two
// programs has seen.
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct request___blk *);
	__type(value, ktime_ns);
} unissued SEC(".maps");

/** All of a request has completed. */
struct ended_request {
	struct request___blk *rq;
	__u32 opf;
	/** No data, and no flush either. */
	bool empty;
	/** The kernel notes it if somebody wants to know: statistics, unless they are turned off
	 * for the disk, or an I/O scheduler. 0: nobody does. */
	ktime_ns made;
	/** The same as `made` where the issue is not known. */
	ktime_ns issued;
};

/** For each tool: fills in what it keeps of a request that is issued, but for the time; false: it
 * is not wanted. */
static __always_inline bool keep_request(struct request___blk *rq, struct issued_request *kept);

/** For each tool: there was no room for it. The end will be taken for one whose issue was not seen.
 */
static __always_inline void request_not_kept(void);

/** For each tool. `kept`: NULL where the issue is not known. */
static __always_inline void report_request(const struct ended_request *ended,
                                           const struct issued_request *kept, bool typed);

static __always_inline int request_issued(struct request___blk *rq, bool typed)
{
	struct issued_request kept = {.time = bpf_ktime_get_ns()}, *known;
	__u64 address = (__u64)rq;
	ktime_ns before;

	if (!request_wanted(rq, typed))
		return 0;
	known = bpf_map_lookup_elem(&issued, &address);
	if (!known) {
		if (keep_request(rq, &kept) &&
		    bpf_map_update_elem(&issued, &address, &kept, BPF_NOEXIST))
			request_not_kept();
		return 0;
	}
	before = known->time;
	// Requeued.
	if (before && before >= LOAD(typed, rq, start_time_ns)) {
		known->time = kept.time;
		return 0;
	}
	// Of another one at this address the end has not been seen. Those to no disk do not count.
	if (before && disk_of_request(rq, typed))
		count_lost();
	if (keep_request(rq, &kept))
		*known = kept;
	else
		known->time = 0;
	return 0;
}

static __always_inline int request_ended(struct request___blk *rq,
                                         const struct issued_request *kept, ktime_ns made,
                                         bool empty, bool typed)
{
	// An older one was taken back without an end, such as a passthrough request.
	const struct issued_request *issue = kept && kept->time > made ? kept : NULL;
	struct ended_request ended = {
	        .rq = rq,
	        .opf = LOAD(typed, rq, cmd_flags),
	        .empty = empty,
	        .made = made,
	        .issued = issue ? issue->time : made,
	};

	// For the verifier, which follows the pointer and not what it was compared with.
	barrier_var(issue);
	if (!request_wanted(rq, typed))
		return 0;
	// Those to no disk are among them.
	if (is_passthrough(ended.opf) && !LOAD(typed, rq, part))
		return 0;
	report_request(&ended, issue, typed);
	return 0;
}

/** `second`: by the second of two programs, which finds nothing left to do if the first has run. */
static __always_inline int request_completed(struct request___blk *rq, __u32 bytes, bool second,
                                             bool typed)
{
	__u64 address = (__u64)rq;
	struct issued_request *kept = bpf_map_lookup_elem(&issued, &address);
	ktime_ns made, *known;
	bool empty;

	if (kept && !kept->time)
		kept = NULL;
	// Mostly the first has run, and that is soon said.
	if (second && !kept && LOAD(typed, rq, state) != MQ_RQ_IDLE)
		return 0;
	// In parts: only the last one counts.
	if (bytes < LOAD(typed, rq, __data_len))
		return 0;
	empty = !bytes && !is_flush(LOAD(typed, rq, cmd_flags));
	made = LOAD(typed, rq, start_time_ns);
	if (kept) {
		request_ended(rq, kept, made, empty, typed);
		kept->time = 0;
		return 0;
	}
	if (LOAD(typed, rq, state) == MQ_RQ_IDLE) {
		// Never issued: it failed before, or only waited for a flush. (Two of that address
		// may have been made at the same time: since 6.9 tasks keep the clock for a while,
		// da4c8c3d0975.)
		known = bpf_map_lookup_elem(&unissued, &address);
		if (!second)
			bpf_map_update_elem(&unissued, &address, &made, BPF_ANY);
		else if (known && *known == made)
			return bpf_map_delete_elem(&unissued, &address);
		return request_ended(rq, NULL, made, empty, typed);
	}
	// The end of a sequence with flushes, whose data was counted when it completed.
	if (empty)
		return 0;
	// Not seen to be issued.
	return second ? 0 : request_ended(rq, NULL, made, empty, typed);
}

// Until 5.10.136 (a54895fa057c) the queue comes first: CO-RE compares what a tracepoint hands over.
typedef void (*btf_trace_block_rq_issue___queue)(void *, struct request_queue *,
                                                 struct request___blk *);

static __always_inline int issued_by(const __u64 *ctx, bool typed)
{
	if (bpf_core_type_exists(btf_trace_block_rq_issue___queue))
		return request_issued((void *)ctx[1], typed);
	return request_issued((void *)ctx[0], typed);
}

// Two programs for the end. While one runs, an interrupt may end another request, and the kernel
// then skips that program (since 6.2, 05b24ff9b2cf, and updates of older kernels), but not both.

SEC("tp_btf/block_rq_issue")
int issue_tp_btf(__u64 *ctx)
{
	return issued_by(ctx, true);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete_tp_btf, struct request___blk *rq, int error, unsigned int bytes)
{
	return request_completed(rq, bytes, false, true);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(second_tp_btf, struct request___blk *rq, int error, unsigned int bytes)
{
	return request_completed(rq, bytes, true, true);
}

SEC("raw_tp/block_rq_issue")
int issue_raw_tp(__u64 *ctx)
{
	return issued_by(ctx, false);
}

SEC("raw_tp/block_rq_complete")
int BPF_PROG(complete_raw_tp, struct request___blk *rq, int error, unsigned int bytes)
{
	return request_completed(rq, bytes, false, false);
}

SEC("raw_tp/block_rq_complete")
int BPF_PROG(second_raw_tp, struct request___blk *rq, int error, unsigned int bytes)
{
	return request_completed(rq, bytes, true, false);
}

// Where tracepoints can be preempted (since 7.0) a task that is may keep both from running on its
// CPU for long. Kprobes cannot be: the kernel skips them only while an interrupt has cut in on
// another one. So each end and each issue is seen in both ways, and missed only where both are. A
// kprobe comes first, at the beginning of the function that has the tracepoint.

SEC("kprobe/blk_mq_start_request")
int BPF_KPROBE(issue_kprobe, struct request___blk *rq)
{
	return request_issued(rq, false);
}

SEC("kprobe/blk_update_request")
int BPF_KPROBE(complete_kprobe, struct request___blk *rq, __u8 error, unsigned int bytes)
{
	return request_completed(rq, bytes, false, false);
}

/** Of one batch; the tracepoint sees those beyond. */
#define BATCH 64

/** By itself to the verifier. */
__noinline int complete_in_batch(__u64 address)
{
	struct request___blk *rq = (void *)address;

	return request_completed(rq, BPF_CORE_READ(rq, __data_len), false, false);
}

SEC("kprobe/blk_mq_end_request_batch")
int BPF_KPROBE(batch_kprobe, struct io_comp_batch *batch)
{
	struct io_comp_batch___pointer *old = (void *)batch;
	struct request___blk *rq = bpf_core_type_exists(struct rq_list)
	                                   ? BPF_CORE_READ(batch, req_list.head)
	                                   : BPF_CORE_READ(old, req_list);

	for (int i = 0; i < BATCH && rq; i++) {
		complete_in_batch((__u64)rq);
		rq = BPF_CORE_READ(rq, rq_next);
	}
	return 0;
}
