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
#include "follow.bpf.h"
#include "io_uring.bpf.h"
#include "pending.bpf.h"
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
	/** In user memory; NULL if there is none. */
	const char *name;
	struct open_how how;
	/** Where to read `how` once the call is over, if not NULL. */
	const struct open_how *how_from;
	int dfd;
	enum open_via via;
	bool direct;
};

/** System calls under way, where a variant has to see both ends of them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, struct request);
} pending SEC(".maps");

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
static __always_inline __u32 flags_asked(__u32 flags)
{
	if ((flags & O_LARGEFILE) && !is_compat((void *)bpf_get_current_task()))
		flags &= ~O_LARGEFILE;
	return flags;
}

/** Begins the record of an open that is over, unless the filters say no; the thread is known to be
 * wanted. */
static __always_inline struct open_event *begin(__u32 slot, const struct request *request, int ret)
{
	__u32 flags = flags_asked(request->how.flags);
	__u64 thread = bpf_get_current_pid_tgid();
	struct open_event *event;

	if (!open_wanted(flags, ret))
		return NULL;
	event = scratch_slot(slot);
	if (!event)
		return NULL;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->pid = thread >> 32;
	event->tid = thread;
	event->uid = bpf_get_current_uid_gid();
	event->ret = ret;
	event->flags = flags;
	if (flags & (O_CREAT | __O_TMPFILE))
		event->mode = request->how.mode & 07777;
	event->via = request->via;
	event->direct = request->direct;
	return event;
}

/** Writes `dir` at event->dir.at, if it is known. */
static __noinline void write_dir(struct open_event *event, int dfd)
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
	end = walk_path((char *)event + at, &event->dir.len, path, task);
	event->dir_cut = end == WALK_CUT;
	event->dir_outside = end == WALK_OUTSIDE;
}

/** Ends a record, behind whose fixed part lie `n` bytes of path, NUL included, unless `n` is an
 * error; and sends it. */
static __always_inline void finish(struct open_event *event, const struct request *request, long n)
{
	const char *path = (const char *)(event + 1);
	__u64 size = n > 0 ? n : 0;

	// Barriers: a comparison that the compiler can do without may be the one that the verifier
	// needs.
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
		write_dir(event, request->dfd);
		size = event->dir.at + event->dir.len;
		if (event->dir.len)
			event->dir.len--;
	}
	barrier_var(size);
	if (size <= SCRATCH_BYTES)
		send(event, size);
}

/** Reports a system call that is over. The name is read now: the kernel has just touched its page.
 */
static __always_inline int report(__u32 slot, const struct request *request, int ret)
{
	struct open_event *event = begin(slot, request, ret);

	if (!event)
		return 0;
	bpf_get_current_comm(&event->comm, sizeof(event->comm));
	finish(event, request, bpf_probe_read_user_str(event + 1, PATH_BYTES + 1, request->name));
	return 0;
}

// fexit alone sees both arguments and result.

SEC("fexit/do_sys_openat2")
int BPF_PROG(openat_fexit, int dfd, const char *name, struct open_how *how, int ret)
{
	struct request request = {
	        .name = name,
	        .how = {how->flags, how->mode, how->resolve},
	        .dfd = dfd,
	};

	return thread_wanted(bpf_get_current_pid_tgid()) ? report(SLOT_OPENAT, &request, ret) : 0;
}

SEC("fexit/do_handle_open")
int BPF_PROG(by_handle_fexit, int dfd, void *handle, int flags, int ret)
{
	struct request request = {.how.flags = flags, .dfd = dfd, .via = OPEN_VIA_BY_HANDLE};

	return thread_wanted(bpf_get_current_pid_tgid()) ? report(SLOT_BY_HANDLE, &request, ret)
	                                                 : 0;
}

// kprobe and kretprobe.

static __always_inline int keep(const struct request *request)
{
	if (thread_wanted(bpf_get_current_pid_tgid()))
		keep_pending(&pending, request);
	return 0;
}

static __always_inline int report_pending(__u32 slot, int ret, bool how_is_users)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct request *found = bpf_map_lookup_elem(&pending, &tid), request;

	if (!found)
		return 0;
	request = *found;
	bpf_map_delete_elem(&pending, &tid);
	if (request.how_from && how_is_users)
		bpf_probe_read_user(&request.how, sizeof(request.how), request.how_from);
	else if (request.how_from)
		bpf_probe_read_kernel(&request.how, sizeof(request.how), request.how_from);
	return report(slot, &request, ret);
}

SEC("kretprobe/do_sys_openat2")
int BPF_KRETPROBE(openat_kretprobe, int ret)
{
	return report_pending(SLOT_OPENAT, ret, false);
}

SEC("kprobe/do_sys_openat2")
int BPF_KPROBE(openat_kprobe, int dfd, const char *name, struct open_how *how)
{
	struct request request = {.name = name, .how_from = how, .dfd = dfd};

	return keep(&request);
}

SEC("kretprobe/do_handle_open")
int BPF_KRETPROBE(by_handle_kretprobe, int ret)
{
	return report_pending(SLOT_BY_HANDLE, ret, false);
}

SEC("kprobe/do_handle_open")
int BPF_KPROBE(by_handle_kprobe, int dfd, void *handle, int flags)
{
	struct request request = {.how.flags = (__u32)flags, .dfd = dfd, .via = OPEN_VIA_BY_HANDLE};

	return keep(&request);
}

// Tracepoints of the system calls: x86 and arm64 fire none for 32-bit programs.

#define TRACE_SYSCALL(call, slot, ...)                                                             \
	SEC("tracepoint/syscalls/sys_exit_" #call)                                                 \
	int exit_##call(struct trace_event_raw_sys_exit *ctx)                                      \
	{                                                                                          \
		return report_pending(slot, ctx->ret, true);                                       \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_enter_" #call)                                                \
	int enter_##call(struct trace_event_raw_sys_enter *ctx)                                    \
	{                                                                                          \
		struct request request = {__VA_ARGS__};                                            \
		return keep(&request);                                                             \
	}

#define ARG(n) ctx->args[n]
#define NAME(n) .name = (const char *)ARG(n)
TRACE_SYSCALL(open, SLOT_OPEN, NAME(0), .how.flags = ARG(1), .how.mode = ARG(2), .dfd = AT_FDCWD)
TRACE_SYSCALL(creat, SLOT_CREAT, NAME(0), .how.flags = O_CREAT | O_WRONLY | O_TRUNC,
              .how.mode = ARG(1), .dfd = AT_FDCWD)
TRACE_SYSCALL(openat, SLOT_OPENAT, NAME(1), .how.flags = ARG(2), .how.mode = ARG(3), .dfd = ARG(0))
TRACE_SYSCALL(openat2, SLOT_OPENAT2, NAME(1), .how_from = (void *)ARG(2), .dfd = ARG(0))
TRACE_SYSCALL(open_by_handle_at, SLOT_BY_HANDLE, .how.flags = ARG(2), .dfd = ARG(0),
              .via = OPEN_VIA_BY_HANDLE)

// io_uring: io_openat2() executes both of its opens. A first attempt may not block; where it would,
// it returns -EAGAIN, and a worker thread makes a second one.

struct io_pending {
	struct request request;
	struct io_kiocb *req;
	__u64 user_data;
	pid32 tid;
	comm_t comm;
	/** As seen by io_uring_complete. */
	int result;
	bool completed;
	__u32 name_bytes;
	char name[PATH_BYTES + 8];
};

/** Opens by io_uring under way, by the thread that executes them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, pid32);
	__type(value, struct io_pending);
} io_pending SEC(".maps");

/** Keeps the request with its name, which is freed on the way. It is the submitter's: workers come
 * and go. */
static __always_inline int io_enter(struct io_kiocb *req)
{
	struct task_struct *submitter = io_submitter(req);
	struct io_kiocb___v5 *old = (void *)req;
	struct io_open *open = io_open_of(req);
	pid32 tid = BPF_CORE_READ(submitter, pid);
	struct io_pending *p;
	long n;

	if (!thread_wanted((bpf_get_current_pid_tgid() & ~0xffffffffULL) | (__u32)tid))
		return 0;
	p = scratch_slot(SLOT_IO_URING_ENTRY);
	if (!p)
		return 0;
	__builtin_memset(p, 0, __builtin_offsetof(struct io_pending, name));
	p->request.via = OPEN_VIA_IO_URING;
	p->request.dfd = BPF_CORE_READ(open, dfd);
	if (bpf_core_field_exists(open->file_slot))
		p->request.direct = BPF_CORE_READ(open, file_slot) != 0;
	BPF_CORE_READ_INTO(&p->request.how, open, how);
	p->req = req;
	p->tid = tid;
	// A thread that polls the submission ring is named iou-sqp-PID, its process is better
	// known.
	if (BPF_CORE_READ(submitter, flags) & PF_IO_WORKER)
		submitter = BPF_CORE_READ(submitter, group_leader);
	BPF_CORE_READ_STR_INTO(&p->comm, submitter, comm);
	if (!io_keeps_result() && bpf_core_field_exists(old->user_data))
		p->user_data = BPF_CORE_READ(old, user_data);
	n = bpf_probe_read_kernel_str(p->name, PATH_BYTES + 1, io_open_name(open));
	p->name_bytes = n > 0 ? n : 0;
	keep_pending(&io_pending, p);
	return 0;
}

static __always_inline int io_leave(int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct io_pending *p = bpf_map_lookup_elem(&io_pending, &tid);
	struct open_event *event;
	__u32 n;

	if (!p)
		return 0;
	event = ret == -EAGAIN ? NULL
	                       : begin(SLOT_IO_URING, &p->request,
	                               p->completed ? p->result : io_result(p->req));
	if (event) {
		event->tid = p->tid;
		__builtin_memcpy(event->comm, p->comm, sizeof(event->comm));
		n = p->name_bytes;
		if (n <= PATH_BYTES + 1 && !bpf_probe_read_kernel(event + 1, n, p->name))
			finish(event, &p->request, n);
	}
	bpf_map_delete_elem(&io_pending, &tid);
	return 0;
}

/** Where requests do not keep their results, one that is completed at once is seen here, in the
 * executing thread. */
SEC("raw_tp/io_uring_complete")
int io_uring_complete(__u64 *ctx)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct io_pending *p;
	__u64 user_data, result;

	if (io_keeps_result())
		return 0;
	p = bpf_map_lookup_elem(&io_pending, &tid);
	if (!p || p->completed)
		return 0;
	// (ring, user_data, result, …) until 5.17, then (ring, request, user_data, result, …):
	// 502c87d65564
	if (bpf_core_field_exists(struct trace_event_raw_io_uring_complete, req)) {
		user_data = ctx[2];
		result = ctx[3];
	} else {
		user_data = ctx[1];
		result = ctx[2];
	}
	if (p->user_data != user_data)
		return 0;
	p->result = result;
	p->completed = true;
	return 0;
}

SEC("fexit/io_openat2")
int BPF_PROG(io_openat2_fexit, struct io_kiocb *req, unsigned int issue_flags, int ret)
{
	return io_leave(ret);
}

SEC("fentry/io_openat2")
int BPF_PROG(io_openat2_fentry, struct io_kiocb *req)
{
	return io_enter(req);
}

SEC("kretprobe/io_openat2")
int BPF_KRETPROBE(io_openat2_kretprobe, int ret)
{
	return io_leave(ret);
}

SEC("kprobe/io_openat2")
int BPF_KPROBE(io_openat2_kprobe, struct io_kiocb *req)
{
	return io_enter(req);
}
