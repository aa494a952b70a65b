/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What opensnoop reports, and how: from an open that is over to a record in the ring.
#pragma once

#include "kernel.h"
#include "path.bpf.h"

enum open_via { OPEN_VIA_SYSCALL, OPEN_VIA_IO_URING, OPEN_VIA_BY_HANDLE } __attribute__((packed));

/** What `dir` holds. */
enum open_dir {
	OPEN_DIR_NONE,
	/** The directory `path` is relative to. */
	OPEN_DIR_BASE,
	/** The opened file itself, where there is no name or it cannot be read. */
	OPEN_DIR_FILE,
} __attribute__((packed));

struct open_event {
	ktime_ns time;
	pid32 pid;
	pid32 tid;
	uid32 uid;
	fd_or_errno ret;
	open_flags flags;
	file_mode mode;
	enum open_via via;
	/** Into io_uring's own table: `ret` is a slot there, not a file descriptor. */
	bool direct;
	cgroup_id cgroup;
	comm_t comm;
	/** As the caller passed it. */
	text path;
	dentry_path dir;
	enum open_dir dir_is;
	bool path_cut;
	/** Outermost names are missing. */
	bool dir_cut;
	/** Not below the root of the process. */
	bool dir_outside;
	__u32 _pad;
};

#define SCRATCH_BYTES (sizeof(struct open_event) + PATH_BYTES + 8 + WALK_BYTES)
#define SCRATCH_SLOTS 7
enum {
	SLOT_OPENAT,
	SLOT_OPENAT2,
	SLOT_OPEN,
	SLOT_CREAT,
	SLOT_BY_HANDLE,
	SLOT_IO_URING,
	SLOT_IO_URING_ENTRY,
};

#include "events.bpf.h"
#include "filter.bpf.h"
#include "scratch.bpf.h"
#include "syscall.bpf.h"

EVENT_TYPE(events, struct open_event);

const volatile bool failed_only = false;
/** Any of these O_… bits, or any of these access modes (1 << mode); both 0: every open. */
const volatile __u32 filter_flags = 0;
const volatile __u32 filter_accmode = 0;
/** Report the directory that a relative path starts from. */
const volatile bool want_full_path = false;

/** What was asked for. */
struct request {
	/** In user memory; NULL if there is none. */
	const char *name;
	struct open_how how;
	/** Where to read `how` once the call is over, if not NULL. */
	const struct open_how *how_from;
	int dfd;
	enum open_via via;
	bool direct;
};

static __always_inline bool open_wanted(__u32 flags, int ret)
{
	if (failed_only && ret >= 0)
		return false;
	if (!filter_flags && !filter_accmode)
		return true;
	return (flags & filter_flags) || (filter_accmode >> (flags & O_ACCMODE) & 1);
}

/** The caller's flags: without the O_LARGEFILE that the kernel adds itself for 64-bit callers. */
static __always_inline __u32 flags_asked(const struct request *request, struct task_struct *task)
{
	__u32 flags = request->how.flags;

	if ((flags & O_LARGEFILE) && (request->via == OPEN_VIA_IO_URING || !is_compat_of(task)))
		flags &= ~O_LARGEFILE;
	return flags;
}

/** Begins the record of an open by a thread that is wanted, unless the other filters say no. */
static __always_inline struct open_event *begin(__u32 slot, const struct request *request, int ret)
{
	struct task_struct *task = current_task();
	__u32 flags = flags_asked(request, task);
	struct open_event *event;

	if (!open_wanted(flags, ret))
		return NULL;
	event = scratch_slot(slot);
	if (!event)
		return NULL;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->pid = current_tgid(task);
	event->tid = current_tid(task);
	event->uid = current_uid(task);
	event->ret = ret;
	event->flags = flags;
	if (flags & (O_CREAT | __O_TMPFILE))
		event->mode = request->how.mode & 07777;
	event->via = request->via;
	event->direct = request->direct;
	event->cgroup = current_home_cgroup_id(task);
	return event;
}

/** Writes `dir` at event->dir.at, if it is known. */
static __noinline void write_dir(struct open_event *event, int dfd, int steps)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	bool file = event->dir_is == OPEN_DIR_FILE;
	struct path path = path_of_fd(task, file ? event->ret : dfd);
	__u64 at = event->dir.at;
	enum walk_end end;

	if (!path.dentry) {
		event->dir_is = OPEN_DIR_NONE;
		return;
	}
	if (at > sizeof(*event) + PATH_BYTES + 1)
		return;
	end = walk_path((char *)event + at, &event->dir.len, path, task, steps);
	event->dir_cut = end == WALK_CUT;
	event->dir_outside = end == WALK_OUTSIDE;
}

/** Ends and sends a record that `n` bytes of path follow, NUL included; below 0: none could be
 * read. */
static __always_inline void finish(struct open_event *event, const struct request *request, long n,
                                   int steps)
{
	const char *path = (const char *)(event + 1);
	__u64 size = n > 0 ? n : 0;

	// Barriers: what the compiler finds needless to compare may be what the verifier needs.
	barrier_var(size);
	if (size > PATH_BYTES + 1)
		return;
	if (n >= 0) {
		event->path.at = sizeof(*event);
		// bpf_probe_read_user_str() returns 0, not 1, for an empty string.
		event->path.len = size ? size - 1 : 0;
		event->path_cut = size > PATH_BYTES;
		if (want_full_path &&
		    (!size || path[0] != '/' || (request->how.resolve & RESOLVE_IN_ROOT)))
			event->dir_is = OPEN_DIR_BASE;
	} else if (event->ret >= 0) {
		event->dir_is = OPEN_DIR_FILE;
	} else if (event->via == OPEN_VIA_BY_HANDLE) {
		// The file system that the handle was looked for in.
		event->dir_is = OPEN_DIR_BASE;
	}
	size += sizeof(*event);
	if (event->dir_is) {
		event->dir.at = size;
		write_dir(event, request->dfd, steps);
		size = event->dir.at + event->dir.len;
		if (event->dir.len)
			event->dir.len--;
	}
	barrier_var(size);
	if (size <= SCRATCH_BYTES)
		send(event, size);
}

/** Reports a system call that is over: its name is read now that the kernel has touched the page.
 */
static __always_inline int report(__u32 slot, const struct request *request, int ret)
{
	struct open_event *event = begin(slot, request, ret);

	if (!event)
		return 0;
	read_current_comm(current_task(), &event->comm);
	finish(event, request, bpf_probe_read_user_str(event + 1, PATH_BYTES + 1, request->name),
	       want_full_path ? WALK_STEPS : WALK_FEW_STEPS);
	return 0;
}
