// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every open of a file that a process asks for: system calls, io_uring, file handles.
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
#define SCRATCH_SLOTS 4
enum { SLOT_OPEN, SLOT_IO_URING_ENTER, SLOT_IO_URING, SLOT_HANDLE };

#include "events.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "scratch.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
EVENT_TYPE(events, struct open_event);

const volatile bool failed_only = false;
/** Any of these O_… bits, or any of these access modes (1 << mode); both 0: every open. */
const volatile __u32 filter_flags = 0;
const volatile __u32 filter_accmode = 0;
/** Report the directory that a relative path starts from. */
const volatile bool want_full_path = false;

/** What was asked for. */
struct request {
	/** In user memory. */
	const char *name;
	__u64 flags;
	__u64 mode;
	__u64 resolve;
	int dfd;
	enum open_via via;
};

static __always_inline bool open_wanted(__u32 flags, int ret)
{
	if (failed_only && ret >= 0)
		return false;
	if (!filter_flags && !filter_accmode)
		return true;
	return (flags & filter_flags) || (filter_accmode >> (flags & O_ACCMODE) & 1);
}

/** Whether the system call under way is a 32-bit one. */
static __always_inline bool is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(task, thread_info.flags) & (1 << 22); // TIF_32BIT
#else
	return BPF_CORE_READ(task, thread_info.status) & 2; // TS_COMPAT
#endif
}

/** The caller's flags: without the O_LARGEFILE that 64-bit system calls add themselves. */
static __always_inline __u32 flags_asked(struct task_struct *task, __u32 flags)
{
	return (flags & O_LARGEFILE) && !is_compat(task) ? flags & ~O_LARGEFILE : flags;
}

/** Appends `dir` to a record of `size` bytes and returns the new size. */
static __noinline __u32 append_dir(struct open_event *event, __u32 size, const struct request *request)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct path path;
	enum walk_end end;
	__u32 walked;

	if (size > sizeof(*event) + PATH_BYTES + 1)
		return size;
	if (event->dir_is == OPEN_DIR_FILE) {
		struct file *file = file_of(task, event->ret);

		BPF_CORE_READ_INTO(&path, file, f_path);
	} else {
		path = path_of_dirfd(task, request->dfd);
	}
	if (!path.dentry) {
		event->dir_is = OPEN_DIR_NONE;
		return size;
	}
	end = walk_path((char *)event + size, path, task, &walked);
	event->dir_cut = end == WALK_CUT;
	event->dir_outside = end == WALK_OUTSIDE;
	event->dir.at = size;
	event->dir.len = walked ? walked - 1 : 0;
	return size + walked;
}

/** Reports an open that is over, by the thread that asked for it. */
static __always_inline int report(__u32 slot, const struct request *request, int ret)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct open_event *event;
	__u64 thread = bpf_get_current_pid_tgid();
	__u32 flags, size = sizeof(*event);
	char *name;
	long n;

	if (!thread_wanted(thread))
		return 0;
	flags = flags_asked(task, request->flags);
	if (!open_wanted(flags, ret))
		return 0;
	event = scratch_slot(slot);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->pid = thread >> 32;
	event->tid = thread;
	event->uid = bpf_get_current_uid_gid();
	event->ret = ret;
	event->flags = flags;
	if (flags & (O_CREAT | __O_TMPFILE))
		event->mode = request->mode;
	event->via = request->via;
	bpf_get_current_comm(&event->comm, sizeof(event->comm));

	name = (char *)(event + 1);
	n = bpf_probe_read_user_str(name, PATH_BYTES + 1, request->name);
	if (n > 0 && n <= PATH_BYTES + 1) {
		event->path.at = size;
		event->path.len = n - 1;
		event->path_cut = n > PATH_BYTES;
		size += n;
		if (want_full_path && (name[0] != '/' || (request->resolve & RESOLVE_IN_ROOT)))
			event->dir_is = OPEN_DIR_BASE;
	} else if (ret >= 0) {
		event->dir_is = OPEN_DIR_FILE;
	}
	if (event->dir_is)
		size = append_dir(event, size, request);
	send(event, size);
	return 0;
}

SEC("fexit/do_sys_openat2")
int BPF_PROG(openat_fexit, int dfd, const char *name, struct open_how *how, int ret)
{
	struct request request = {
		.name = name,
		.flags = how->flags,
		.mode = how->mode,
		.resolve = how->resolve,
		.dfd = dfd,
		.via = OPEN_VIA_SYSCALL,
	};

	return report(SLOT_OPEN, &request, ret);
}
