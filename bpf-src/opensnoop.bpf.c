// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every open of a file that a process asks for: by system call, by file handle, through io_uring.
//
// Each comes in variants, of which user space loads one: the program at the way out first.
#include "opensnoop/event.bpf.h"
#include "opensnoop/io_uring.bpf.h"
#include "follow.bpf.h"
#include "pending.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/** System calls under way, where a variant has to see both ends of them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, struct request);
} pending SEC(".maps");

// fexit alone sees both arguments and result.

SEC("fexit/do_sys_openat2")
int BPF_PROG(openat_fexit, int dfd, const char *name, struct open_how *how, int ret)
{
	struct request request = {
	        .name = name,
	        .how = {how->flags, how->mode, how->resolve},
	        .dfd = dfd,
	};

	return current_wanted() ? report(SLOT_OPENAT, &request, ret) : 0;
}

SEC("fexit/do_handle_open")
int BPF_PROG(by_handle_fexit, int dfd, void *handle, int flags, int ret)
{
	struct request request = {.how.flags = flags, .dfd = dfd, .via = OPEN_VIA_BY_HANDLE};

	return current_wanted() ? report(SLOT_BY_HANDLE, &request, ret) : 0;
}

// kprobe and kretprobe.

static __always_inline int keep(const struct request *request)
{
	if (current_wanted())
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

// The system calls themselves, whose tracepoints x86 and arm64 do not fire for 32-bit programs.

enum open_call { CALL_NONE, CALL_OPEN, CALL_CREAT, CALL_OPENAT, CALL_OPENAT2, CALL_BY_HANDLE };

static __always_inline struct request request_of(enum open_call call, __u64 a, __u64 b, __u64 c,
                                                 __u64 d)
{
	struct request request = {.dfd = AT_FDCWD};

	switch (call) {
	case CALL_NONE:
		break;
	case CALL_OPEN:
		request.name = (const char *)a;
		request.how.flags = b;
		request.how.mode = c;
		break;
	case CALL_CREAT:
		request.name = (const char *)a;
		request.how.flags = O_CREAT | O_WRONLY | O_TRUNC;
		request.how.mode = b;
		break;
	case CALL_OPENAT:
		request.dfd = a;
		request.name = (const char *)b;
		request.how.flags = c;
		request.how.mode = d;
		break;
	case CALL_OPENAT2:
		request.dfd = a;
		request.name = (const char *)b;
		request.how_from = (const struct open_how *)c;
		break;
	case CALL_BY_HANDLE:
		request.dfd = a;
		request.how.flags = c;
		request.via = OPEN_VIA_BY_HANDLE;
		break;
	}
	return request;
}

#define ARG(n) ctx->args[n]
#define TRACE_SYSCALL(syscall, slot, call, a, b, c, d)                                             \
	SEC("tracepoint/syscalls/sys_exit_" #syscall)                                              \
	int exit_##syscall(struct trace_event_raw_sys_exit *ctx)                                   \
	{                                                                                          \
		return report_pending(slot, ctx->ret, true);                                       \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_enter_" #syscall)                                             \
	int enter_##syscall(struct trace_event_raw_sys_enter *ctx)                                 \
	{                                                                                          \
		struct request request = request_of(call, a, b, c, d);                             \
                                                                                                   \
		return keep(&request);                                                             \
	}

TRACE_SYSCALL(open, SLOT_OPEN, CALL_OPEN, ARG(0), ARG(1), ARG(2), 0)
TRACE_SYSCALL(creat, SLOT_CREAT, CALL_CREAT, ARG(0), ARG(1), 0, 0)
TRACE_SYSCALL(openat, SLOT_OPENAT, CALL_OPENAT, ARG(0), ARG(1), ARG(2), ARG(3))
TRACE_SYSCALL(openat2, SLOT_OPENAT2, CALL_OPENAT2, ARG(0), ARG(1), ARG(2), ARG(3))
TRACE_SYSCALL(open_by_handle_at, SLOT_BY_HANDLE, CALL_BY_HANDLE, ARG(0), ARG(1), ARG(2), 0)

// The raw tracepoint at the end of every system call, 32-bit ones included: for kernels where
// nothing else is left, such as those without kprobes and function tracing, or without tracefs. The
// registers still hold the arguments.

static __always_inline enum open_call native_call(long number)
{
	switch (number) {
#if defined(__TARGET_ARCH_arm64)
	case 56:
		return CALL_OPENAT;
	case 265:
		return CALL_BY_HANDLE;
#else
	case 2:
		return CALL_OPEN;
	case 85:
		return CALL_CREAT;
	case 257:
		return CALL_OPENAT;
	case 304:
		return CALL_BY_HANDLE;
#endif
	case 437:
		return CALL_OPENAT2;
	}
	return CALL_NONE;
}

static __always_inline enum open_call compat_call(long number)
{
	switch (number) {
	case 5:
		return CALL_OPEN;
	case 8:
		return CALL_CREAT;
#if defined(__TARGET_ARCH_arm64)
	case 322:
		return CALL_OPENAT;
	case 371:
		return CALL_BY_HANDLE;
#else
	case 295:
		return CALL_OPENAT;
	case 342:
		return CALL_BY_HANDLE;
#endif
	case 437:
		return CALL_OPENAT2;
	}
	return CALL_NONE;
}

static __always_inline int raw_report(__u32 slot, const void *regs, bool typed, int ret,
                                      bool by_handle)
{
	long number = syscall_number(regs, typed);
	enum open_call native = native_call(number), compat = compat_call(number), call;
	struct task_struct *task;
	struct request request;
	struct syscall_args args;
	bool is_32_bit;

	if (native == CALL_NONE && compat == CALL_NONE)
		return 0;
	task = current_task();
	is_32_bit = is_compat_of(task);
	call = is_32_bit ? compat : native;
	if (call == CALL_NONE || (call == CALL_BY_HANDLE) != by_handle)
		return 0;
	if (!current_task_wanted(task))
		return 0;
	args = syscall_args(regs, is_32_bit, typed);
	request = request_of(call, args.arg[0], args.arg[1], args.arg[2], args.arg[3]);
	if (request.how_from)
		bpf_probe_read_user(&request.how, sizeof(request.how), request.how_from);
	return report(slot, &request, ret);
}

SEC("raw_tp/sys_exit")
int BPF_PROG(raw_exit, void *regs, long ret)
{
	return raw_report(SLOT_OPENAT, regs, false, ret, false);
}

// By itself, so that each of the two can be hooked in its own way.
SEC("raw_tp/sys_exit")
int BPF_PROG(raw_exit_by_handle, void *regs, long ret)
{
	return raw_report(SLOT_BY_HANDLE, regs, false, ret, true);
}

// Where do_sys_openat2() returns, with the registers of the system call that it is for, on kernels
// whose probes of many functions are ftrace's (6.14: 4346ba160409): one program a call where a
// kprobe and a kretprobe are two, no preemption in between, and as many calls as will may wait.

SEC("kretprobe.multi/do_sys_openat2")
int BPF_KRETPROBE(openat_multi, int ret)
{
	return raw_report(SLOT_OPENAT, (void *)bpf_task_pt_regs(bpf_get_current_task_btf()), true,
	                  ret, false);
}
