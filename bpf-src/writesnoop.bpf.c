// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every write(2) and its kin, to whatever file: how much, where, and on demand what.
#include "file_path.bpf.h"
#include "who.bpf.h"

/** What is written to: a path, or what has none. */
enum written {
	WRITTEN_PATH,
	WRITTEN_PIPE,
	WRITTEN_SOCKET,
	WRITTEN_ANON,
} __attribute__((packed));

struct write_event {
	/** When it ended. */
	ktime_ns time;
	count64 offset;
	count64 inode;
	struct who who;
	/** Bytes, or -errno. */
	__s32 ret;
	struct file_path file;
	/** The first bytes, where they are asked for. */
	text contents;
	enum written written;
	/** False for what has no places, such as a pipe. */
	bool has_offset;
	__u8 _end[2];
};

#define CONTENTS_BYTES 4096
#define SCRATCH_BYTES (sizeof(struct write_event) + WALK_BYTES + CONTENTS_BYTES)
#define SCRATCH_SLOTS 2
enum { SLOT_WRITE, SLOT_WRITEV };

#include "filter.bpf.h"
#include "follow.bpf.h"
#include "pending.bpf.h"
#include "scratch.bpf.h"
#include "syscall.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

EVENT_TYPE(events, struct write_event);

const volatile bool failed_only = false;
/** Only writes of so many bytes. */
const volatile __u32 min_bytes = 0;
/** So many bytes of what is written are sent; CONTENTS_BYTES at most. */
const volatile __u32 max_contents = 0;

/** A write under way. */
struct request {
	const struct file *file;
	/** In user memory: what is written, or a list of its parts. */
	const void *from;
	/** NULL where the file has no places. */
	const __s64 *pos;
	__u32 parts;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, struct request);
} pending SEC(".maps");

/** What a pathless file is called by is its inode's number. */
static __always_inline enum written kind_of(const struct file *file, const struct inode *inode,
                                            __u16 type)
{
	const unsigned char *name;
	char first = 0;

	if (type == S_IFSOCK)
		return WRITTEN_SOCKET;
	if (BPF_CORE_READ(inode, i_sb, s_magic) == ANON_INODE_FS_MAGIC)
		return WRITTEN_ANON;
	if (type != S_IFIFO)
		return WRITTEN_PATH;
	name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	bpf_probe_read_kernel(&first, sizeof(first), name);
	return first ? WRITTEN_PATH : WRITTEN_PIPE;
}

/** Adds up to `left` bytes of user memory behind the first `size` of the record; returns how many.
 */
static __always_inline __u64 add_bytes(struct write_event *event, __u64 size, const void *from,
                                       __u64 bytes, __u64 left)
{
	__u64 n = bytes < left ? bytes : left;

	barrier_var(n);
	barrier_var(size);
	if (n > CONTENTS_BYTES || size > SCRATCH_BYTES - CONTENTS_BYTES)
		return 0;
	return bpf_probe_read_user((char *)event + size, n, from) ? 0 : n;
}

/** The parts of a writev() may be many: of the first ones. */
#define PARTS 4

static __noinline __u64 add_contents(struct write_event *event, __u64 size,
                                     const struct request *request)
{
	__u64 left = (__u32)event->ret < max_contents ? (__u32)event->ret : max_contents;
	__u64 from = size;
	bool is_32_bit;

	event->contents.at = size;
	if (!request->parts) {
		size += add_bytes(event, size, request->from, left, left);
		event->contents.len = size - from;
		return size;
	}
	is_32_bit = is_compat();
	for (__u32 i = 0; i < PARTS && i < request->parts && left; i++) {
		struct iovec part = {};
		__u64 n;

		if (is_32_bit) {
			__u32 words[2] = {};

			bpf_probe_read_user(words, sizeof(words), request->from + i * 8);
			part.iov_base = (void *)(unsigned long)words[0];
			part.iov_len = words[1];
		} else {
			bpf_probe_read_user(&part, sizeof(part), request->from + i * 16);
		}
		n = add_bytes(event, size, part.iov_base, part.iov_len, left);
		left -= n;
		size += n;
	}
	event->contents.len = size - from;
	return size;
}

static __always_inline int report(__u32 slot, const struct request *request, int ret)
{
	const struct file *file = request->file;
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct write_event *event;
	__u64 size = sizeof(*event);
	struct path path;
	__s64 pos = 0;
	__u16 type;

	if (failed_only && ret >= 0)
		return 0;
	if (min_bytes && ret < (int)min_bytes)
		return 0;
	event = scratch_slot(slot);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	read_who(&event->who);
	event->ret = ret;
	type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	// Terminals and their like have a place that means nothing.
	if (request->pos && type != S_IFCHR) {
		bpf_probe_read_kernel(&pos, sizeof(pos), request->pos);
		// It stands behind what was written.
		event->offset = ret > 0 ? pos - ret : pos;
		event->has_offset = true;
	}
	event->inode = BPF_CORE_READ(inode, i_ino);
	event->written = kind_of(file, inode, type);
	if (event->written == WRITTEN_PATH || event->written == WRITTEN_ANON) {
		path = path_of_file(file);
		size = add_path((char *)event, sizeof(*event), &event->file, &path, WALK_STEPS);
	}
	if (max_contents && ret > 0)
		size = add_contents(event, size, request);
	barrier_var(size);
	if (size <= SCRATCH_BYTES)
		send(event, size);
	return 0;
}

static __always_inline int keep(const struct request *request)
{
	if (current_wanted())
		keep_pending(&pending, request);
	return 0;
}

static __always_inline int report_pending(__u32 slot, int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct request *found = bpf_map_lookup_elem(&pending, &tid), request;

	if (!found)
		return 0;
	request = *found;
	bpf_map_delete_elem(&pending, &tid);
	return report(slot, &request, ret);
}

// 5.10 lets no program take an argument that points to a number, such as the place: they are read
// from where the arguments lie.

SEC("fexit/vfs_write")
int BPF_PROG(write_fexit, struct file *file, const char *from, __u64 count, __s64 *pos, long ret)
{
	__u64 args[4] = {};
	struct request request = {};

	if (!current_wanted())
		return 0;
	bpf_probe_read_kernel(args, sizeof(args), ctx);
	request.file = (void *)args[0];
	request.from = (void *)args[1];
	request.pos = (void *)args[3];
	return report(SLOT_WRITE, &request, ret);
}

SEC("fexit/vfs_writev")
int BPF_PROG(writev_fexit, struct file *file, const void *from, unsigned long parts, __s64 *pos,
             int flags, long ret)
{
	__u64 args[4] = {};
	struct request request = {};

	if (!current_wanted())
		return 0;
	bpf_probe_read_kernel(args, sizeof(args), ctx);
	request.file = (void *)args[0];
	request.from = (void *)args[1];
	request.parts = args[2];
	request.pos = (void *)args[3];
	return report(SLOT_WRITEV, &request, ret);
}

SEC("kretprobe/vfs_write")
int BPF_KRETPROBE(write_kretprobe, long ret)
{
	return report_pending(SLOT_WRITE, ret);
}

SEC("kprobe/vfs_write")
int BPF_KPROBE(write_kprobe, struct file *file, const char *from, __u64 count, __s64 *pos)
{
	struct request request = {.file = file, .from = from, .pos = pos};

	return keep(&request);
}

SEC("kretprobe/vfs_writev")
int BPF_KRETPROBE(writev_kretprobe, long ret)
{
	return report_pending(SLOT_WRITEV, ret);
}

SEC("kprobe/vfs_writev")
int BPF_KPROBE(writev_kprobe, struct file *file, const void *from, unsigned long parts, __s64 *pos)
{
	struct request request = {.file = file, .from = from, .pos = pos, .parts = parts};

	return keep(&request);
}
