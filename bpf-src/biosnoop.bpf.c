// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each block I/O: whose it is, where on which disk, and how long it waited and took.
//
// Whoever runs at the issue or the end of a request need not be who made it. But it is the maker
// that runs when the kernel makes a request of a bio (blk_mq_submit_bio(), block_getrq): it is
// remembered by that bio, which the request has first unless others were merged in front of it.
#include "events.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "who.bpf.h"
#include "disk.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum io_pattern { IO_UNKNOWN, IO_RANDOM, IO_SEQUENTIAL } __attribute__((packed));

struct issued_request {
	ktime_ns time;
	/** Here, since what completes in parts moves on. */
	count64 sector;
	__u32 bytes;
	enum io_pattern pattern;
	__u8 _padding[3];
	struct who who;
};

#include "disk_requests.bpf.h"

struct io_event {
	/** When all of it had completed. */
	ktime_ns time;
	duration_ns latency;
	duration_ns queued;
	/** Of nobody known the pid is 0. */
	struct who who;
	count64 sector;
	__u32 bytes;
	/** IO_… */
	__u32 flags;
	enum io_op op;
	enum io_pattern pattern;
	/** The kernel noted when it was made. */
	bool knows_queued;
	__u8 _end;
	char disk[DISK_NAME_BYTES];
};

EVENT_TYPE(events, struct io_event);

/** Whether an I/O begins where the one before ended. */
const volatile bool patterns = false;

struct maker {
	struct who who;
	/** The tool itself. */
	bool hidden;
	__u8 _padding[7];
};

// LRU: a bio whose request is merged into another one is never looked for.
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct bio *);
	__type(value, struct maker);
} makers SEC(".maps");

struct direction {
	struct gendisk *disk;
	__u64 writes;
};

/** Where the last I/O ended, for each disk and direction. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct direction);
	__type(value, count64);
} ends SEC(".maps");

/** Bios of a request that are looked at. */
#define MERGED 8

/** The maker of a request; `bio` becomes the one by which it is known. */
static __always_inline struct maker *find_maker(struct request___blk *rq, struct bio **bio)
{
	*bio = BPF_CORE_READ(rq, bio);
	for (int i = 0; i < MERGED && *bio; i++) {
		struct maker *maker = bpf_map_lookup_elem(&makers, bio);

		if (maker)
			return maker;
		*bio = BPF_CORE_READ(*bio, bi_next);
	}
	return NULL;
}

/** A flush has none. */
static __always_inline count64 first_sector(struct request___blk *rq)
{
	count64 sector = BPF_CORE_READ(rq, __sector);

	return sector == ~0ULL ? 0 : sector;
}

static __always_inline enum io_pattern pattern_of(struct request___blk *rq, count64 sector,
                                                  __u32 bytes)
{
	struct direction key = {.disk = disk_of_request(rq, false),
	                        .writes = BPF_CORE_READ(rq, cmd_flags) & 1};
	count64 end = sector + bytes / 512, *last = bpf_map_lookup_elem(&ends, &key);
	enum io_pattern pattern = last && *last == sector ? IO_SEQUENTIAL : IO_RANDOM;

	bpf_map_update_elem(&ends, &key, &end, BPF_ANY);
	return pattern;
}

static __always_inline bool keep_request(struct request___blk *rq, struct issued_request *kept)
{
	struct bio *bio;
	struct maker *maker = find_maker(rq, &bio);

	// That it is hidden is asked again at its end.
	if (maker ? maker->hidden : filter_any)
		return false;
	if (maker) {
		kept->who = maker->who;
		bpf_map_delete_elem(&makers, &bio);
	}
	kept->sector = first_sector(rq);
	kept->bytes = BPF_CORE_READ(rq, __data_len);
	if (patterns && kept->bytes)
		kept->pattern = pattern_of(rq, kept->sector, kept->bytes);
	return true;
}

static __always_inline void request_not_kept(void)
{
	// Its maker is not known any longer, and without one it is not shown.
	if (filter_any)
		count_lost();
}

/** Of a request that was not kept; false: it is not wanted. */
static __always_inline bool fill_unkept(struct request___blk *rq, struct io_event *event)
{
	struct bio *bio;
	struct maker *maker = find_maker(rq, &bio);

	if (maker ? maker->hidden : filter_any)
		return false;
	if (maker)
		event->who = maker->who;
	event->sector = first_sector(rq);
	event->bytes = BPF_CORE_READ(rq, __data_len);
	return true;
}

static __always_inline void report_request(const struct ended_request *ended,
                                           const struct issued_request *kept, bool typed)
{
	struct io_event event = {.time = bpf_ktime_get_ns()};
	struct gendisk *disk = disk_of_request(ended->rq, typed);

	if (ended->issued < began)
		return;
	if (kept) {
		event.who = kept->who;
		event.sector = kept->sector;
		event.bytes = kept->bytes;
		event.pattern = kept->pattern;
	} else if (!fill_unkept(ended->rq, &event)) {
		return;
	}
	// The clocks of two CPUs may differ by a little.
	event.latency = event.time > ended->issued ? event.time - ended->issued : 0;
	event.knows_queued = ended->made;
	event.queued = ended->made ? ended->issued - ended->made : 0;
	event.flags = io_flags(ended->opf) | (ended->empty ? IO_EMPTY : 0);
	event.op = io_op(ended->opf);
	BPF_CORE_READ_STR_INTO(&event.disk, disk, disk_name);
	send(&event, sizeof(event));
}

/** The current thread makes a request of a bio. */
static __always_inline int make_request(struct bio *bio)
{
	struct maker maker = {.hidden = !current_wanted()};
	struct gendisk *disk = disk_of_bio(bio);

	if (filter_disk && (!disk || disk_number(disk) != filter_disk))
		return 0;
	if (maker.hidden && filter_any)
		return 0;
	read_who(&maker.who);
	bpf_map_update_elem(&makers, &bio, &maker, BPF_ANY);
	return 0;
}

/** The same by another program, unless it is known. */
static __always_inline int make_again(struct bio *bio)
{
	struct maker *known = bpf_map_lookup_elem(&makers, &bio);

	if (known && known->who.tid == (pid32)bpf_get_current_pid_tgid())
		return 0;
	return make_request(bio);
}

// Until 5.10 the queue comes first (e8a676d61c07).
typedef void (*btf_trace_block_getrq___queue)(void *, struct request_queue *, struct bio *, int);

static __always_inline int made_by(const __u64 *ctx)
{
	if (bpf_core_type_exists(btf_trace_block_getrq___queue))
		return make_request((void *)ctx[1]);
	return make_request((void *)ctx[0]);
}

static __always_inline int made_again_by(const __u64 *ctx)
{
	if (bpf_core_type_exists(btf_trace_block_getrq___queue))
		return make_again((void *)ctx[1]);
	return make_again((void *)ctx[0]);
}

SEC("tp_btf/block_getrq")
int make_tp_btf(__u64 *ctx)
{
	return made_by(ctx);
}

SEC("raw_tp/block_getrq")
int make_raw_tp(__u64 *ctx)
{
	return made_by(ctx);
}

// Where tracepoints can be preempted (disk_requests.bpf.h): first a kprobe, and of a bio that is
// split the part that goes first is another one, which the tracepoint sees.

SEC("kprobe/blk_mq_submit_bio")
int BPF_KPROBE(make_kprobe, struct bio *bio)
{
	return make_request(bio);
}

SEC("tp_btf/block_getrq")
int again_tp_btf(__u64 *ctx)
{
	return made_again_by(ctx);
}
