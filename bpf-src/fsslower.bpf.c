// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a file system's own functions take long for: user space says which functions those are.
#include "file_path.bpf.h"
#include "who.bpf.h"

enum slow_op {
	SLOW_OP_READ,
	SLOW_OP_WRITE,
	SLOW_OP_OPEN,
	SLOW_OP_FSYNC,
	SLOW_OP_GETATTR,
} __attribute__((packed));

struct slow_event {
	/** When it ended. */
	ktime_ns time;
	duration_ns latency;
	count64 offset;
	struct who who;
	/** Bytes, or -errno. */
	__s32 ret;
	struct file_path file;
	enum slow_op op;
	/** In user space's own list. */
	__u8 file_system;
	/** The path from the root, not the last name alone. */
	bool path_whole;
	__u8 _end[5];
};

#define SCRATCH_BYTES (sizeof(struct slow_event) + WALK_BYTES)
#define SCRATCH_SLOTS 5

#include "filter.bpf.h"
#include "follow.bpf.h"
#include "pending.bpf.h"
#include "scratch.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

EVENT_TYPE(events, struct slow_event);

/** Only what takes at least so long, in nanoseconds. */
const volatile duration_ns min_latency = 0;
const volatile __u8 file_system = 0;
const volatile bool want_full_path = false;

/** An operation under way. */
struct begun {
	ktime_ns since;
	/** What it works on: a kiocb, a file or a path. */
	const void *subject;
	__s64 offset;
};

/** By thread, for each operation: a write that is synchronous has an fsync in it. */
#define PENDING(name)                                                                              \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_HASH);                                                   \
		__uint(max_entries, 8192);                                                         \
		__type(key, pid32);                                                                \
		__type(value, struct begun);                                                       \
	} name SEC(".maps")

PENDING(reads);
PENDING(writes);
PENDING(opens);
PENDING(fsyncs);
PENDING(getattrs);

static __always_inline int begin(void *map, const void *subject, __s64 offset)
{
	struct begun begun = {.subject = subject, .offset = offset};

	if (!current_wanted())
		return 0;
	begun.since = bpf_ktime_get_ns();
	keep_pending(map, &begun);
	return 0;
}

static __always_inline int begin_io(void *map, const struct kiocb *iocb)
{
	return begin(map, iocb, BPF_CORE_READ(iocb, ki_pos));
}

static __always_inline struct path path_of(enum slow_op op, const void *subject)
{
	struct path path = {};

	if (op == SLOW_OP_GETATTR) {
		const struct path *at = subject;

		path.mnt = BPF_CORE_READ(at, mnt);
		path.dentry = BPF_CORE_READ(at, dentry);
		return path;
	}
	if (op == SLOW_OP_READ || op == SLOW_OP_WRITE) {
		const struct kiocb *iocb = subject;

		return path_of_file(BPF_CORE_READ(iocb, ki_filp));
	}
	return path_of_file(subject);
}

static __always_inline int end(void *map, enum slow_op op, long ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct begun *found = bpf_map_lookup_elem(map, &tid), begun;
	__u64 now = bpf_ktime_get_ns(), size;
	struct slow_event *event;
	struct path path;

	if (!found)
		return 0;
	begun = *found;
	bpf_map_delete_elem(map, &tid);
	if (now - begun.since < min_latency)
		return 0;
	event = scratch_slot(op);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = now;
	event->latency = now - begun.since;
	event->offset = begun.offset;
	// Where it began is known once it is over: an appending write is told by the file system.
	if (op == SLOW_OP_WRITE && ret > 0) {
		const struct kiocb *iocb = begun.subject;

		event->offset = BPF_CORE_READ(iocb, ki_pos) - ret;
	}
	read_who(&event->who);
	event->ret = ret;
	event->op = op;
	event->file_system = file_system;
	event->path_whole = want_full_path;
	path = path_of(op, begun.subject);
	size = add_path((char *)event, sizeof(*event), &event->file, &path,
	                want_full_path ? WALK_STEPS : 1);
	barrier_var(size);
	if (size <= SCRATCH_BYTES)
		send(event, size);
	return 0;
}

/** The two ends of an operation; `beginning` sees what the function is given. */
#define TRACE(name, map, op, beginning, ...)                                                       \
	SEC("fexit")                                                                               \
	int BPF_PROG(name##_fexit, __VA_ARGS__, long ret)                                          \
	{                                                                                          \
		return end(&map, op, (int)ret);                                                    \
	}                                                                                          \
	SEC("fentry")                                                                              \
	int BPF_PROG(name##_fentry, __VA_ARGS__)                                                   \
	{                                                                                          \
		return beginning;                                                                  \
	}                                                                                          \
	SEC("kretprobe")                                                                           \
	int BPF_KRETPROBE(name##_kretprobe, long ret)                                              \
	{                                                                                          \
		return end(&map, op, (int)ret);                                                    \
	}                                                                                          \
	SEC("kprobe")                                                                              \
	int BPF_KPROBE(name##_kprobe, __VA_ARGS__)                                                 \
	{                                                                                          \
		return beginning;                                                                  \
	}

TRACE(read, reads, SLOW_OP_READ, begin_io(&reads, iocb), struct kiocb *iocb, void *iter)
TRACE(write, writes, SLOW_OP_WRITE, begin_io(&writes, iocb), struct kiocb *iocb, void *iter)
TRACE(open, opens, SLOW_OP_OPEN, begin(&opens, file, 0), void *inode, struct file *file)
TRACE(fsync, fsyncs, SLOW_OP_FSYNC, begin(&fsyncs, file, start), struct file *file, __s64 start,
      __s64 last, int datasync)

/** Since 5.12 (549c7297717c), as struct renamedata is, the path comes second. */
static __always_inline const void *path_argument(const void *first, const void *second)
{
	// Both are read before one is chosen: what points at arguments may not be computed.
	barrier_var(first);
	barrier_var(second);
	return bpf_core_type_exists(struct renamedata) ? second : first;
}

TRACE(getattr, getattrs, SLOW_OP_GETATTR, begin(&getattrs, path_argument(first, second), 0),
      void *first, void *second, void *third, __u32 mask, unsigned int flags)
