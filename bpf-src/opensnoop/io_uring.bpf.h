/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Opens through io_uring: io_openat2() executes both kinds. A first attempt must not block; where
// it would, io_openat2() returns -EAGAIN, nothing is reported, and a worker makes a second attempt.
#pragma once

#include "event.bpf.h"
#include "io_request.bpf.h"
#include "pending.bpf.h"
#include <bpf/bpf_tracing.h>

struct io_pending {
	struct request request;
	struct io_kiocb *req;
	__u64 user_data;
	cgroup_id cgroup;
	pid32 tid;
	comm_t comm;
	/** What io_uring_complete saw, if it did. */
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

/** Keeps a request with its name, which is freed on the way, for its submitter: workers come and
 * go. */
static __always_inline int io_enter(struct io_kiocb *req)
{
	struct task_struct *submitter = io_submitter(req), *named;
	struct io_kiocb___v5 *old = (void *)req;
	struct io_open *open = io_open_of(req);
	pid32 tid = BPF_CORE_READ(submitter, pid);
	struct io_pending *p;
	long n;

	// A thread that polls for submissions is called iou-sqp-PID: its process is better known.
	named = BPF_CORE_READ(submitter, flags) & PF_IO_WORKER
	                ? BPF_CORE_READ(submitter, group_leader)
	                : submitter;
	if (!task_wanted((__u64)submitter, 0, (__u64)named) || !parent_of_wanted(submitter))
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
	p->cgroup = home_cgroup_id(submitter);
	BPF_CORE_READ_STR_INTO(&p->comm, named, comm);
	if (!io_keeps_result() && bpf_core_field_exists(old->user_data))
		p->user_data = BPF_CORE_READ(old, user_data);
	n = bpf_probe_read_kernel_str(p->name, PATH_BYTES + 1, io_open_name(open));
	p->name_bytes = n > 0 ? n : 0;
	keep_pending(&io_pending, p);
	return 0;
}

/** `req` is NULL where a return does not tell. */
static __always_inline int io_leave(const struct io_kiocb *req, int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct io_pending *p = bpf_map_lookup_elem(&io_pending, &tid);
	struct open_event *event;
	__u32 n;

	// Not that request: the way in of this one was missed, and the way out of that one.
	if (!p || (req && p->req != req))
		return 0;
	event = ret == -EAGAIN ? NULL
	                       : begin(SLOT_IO_URING, &p->request,
	                               p->completed ? p->result : io_result(p->req));
	if (event) {
		event->tid = p->tid;
		event->cgroup = p->cgroup;
		__builtin_memcpy(event->comm, p->comm, sizeof(event->comm));
		n = p->name_bytes;
		if (n <= PATH_BYTES + 1 && !bpf_probe_read_kernel(event + 1, n, p->name))
			finish(event, &p->request, n, want_full_path ? WALK_STEPS : 0);
	}
	bpf_map_delete_elem(&io_pending, &tid);
	return 0;
}

/** Where a request does not keep its result: one completed at once is seen here, by the same
 * thread. */
SEC("raw_tp/io_uring_complete")
int io_uring_complete(__u64 *ctx)
{
	// Until 5.17 (ring, user_data, result, …), then (ring, request, user_data, result, …).
	bool shifted = bpf_core_field_exists(struct trace_event_raw_io_uring_complete, req);
	__u64 second = ctx[1], third = ctx[2];
	pid32 tid = bpf_get_current_pid_tgid();
	struct io_pending *p;

	if (io_keeps_result())
		return 0;
	p = bpf_map_lookup_elem(&io_pending, &tid);
	if (!p || p->completed || p->user_data != (shifted ? third : second))
		return 0;
	p->result = shifted ? ctx[3] : third;
	p->completed = true;
	return 0;
}

SEC("fexit/io_openat2")
int BPF_PROG(io_openat2_fexit, struct io_kiocb *req, unsigned int issue_flags, int ret)
{
	return io_leave(req, ret);
}

SEC("fentry/io_openat2")
int BPF_PROG(io_openat2_fentry, struct io_kiocb *req)
{
	return io_enter(req);
}

SEC("kretprobe/io_openat2")
int BPF_KRETPROBE(io_openat2_kretprobe, int ret)
{
	return io_leave(NULL, ret);
}

SEC("kprobe/io_openat2")
int BPF_KPROBE(io_openat2_kprobe, struct io_kiocb *req)
{
	return io_enter(req);
}
