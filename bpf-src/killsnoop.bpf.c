// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each system call that sends a signal, with whom it reached.
#include "killsnoop/event.bpf.h"
#include "pending.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/** System calls under way, where a variant has to see both ends of them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, pid32);
	__type(value, struct request);
} pending SEC(".maps");

static __always_inline int keep(enum kill_via via, const void *regs, bool compat)
{
	struct request request = request_of(via, regs, compat);

	keep_pending(&pending, &request);
	return 0;
}

static __always_inline int report_pending(int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct request *found = bpf_map_lookup_elem(&pending, &tid), request;

	if (!found)
		return 0;
	request = *found;
	bpf_map_delete_elem(&pending, &tid);
	return report(&request, ret);
}

#if defined(__TARGET_ARCH_arm64)
#define SYS(name) "__arm64_sys_" name
// 32-bit programs come through the same functions, but for those with a siginfo.
#define SYS_32(name) "__arm64_compat_sys_" name
#define COMPAT_SYS(name) "__arm64_compat_sys_" name
#else
#define SYS(name) "__x64_sys_" name
#define SYS_32(name) "__ia32_sys_" name
#define COMPAT_SYS(name) "__ia32_compat_sys_" name
#endif

#define TRACE_CALL(name, function, via, compat)                                                    \
	SEC("fexit/" function)                                                                     \
	int BPF_PROG(name##_fexit, const void *regs, int ret)                                      \
	{                                                                                          \
		struct request request = request_of(via, regs, compat);                            \
                                                                                                   \
		return report(&request, ret);                                                      \
	}                                                                                          \
	SEC("kretprobe/" function)                                                                 \
	int BPF_KRETPROBE(name##_kretprobe, int ret)                                               \
	{                                                                                          \
		return report_pending(ret);                                                        \
	}                                                                                          \
	SEC("kprobe/" function)                                                                    \
	int BPF_KPROBE(name##_kprobe, const void *regs)                                            \
	{                                                                                          \
		return keep(via, regs, compat);                                                    \
	}

TRACE_CALL(kill, SYS("kill"), KILL_VIA_KILL, false)
TRACE_CALL(tkill, SYS("tkill"), KILL_VIA_TKILL, false)
TRACE_CALL(tgkill, SYS("tgkill"), KILL_VIA_TGKILL, false)
TRACE_CALL(queue, SYS("rt_sigqueueinfo"), KILL_VIA_RT_SIGQUEUEINFO, false)
TRACE_CALL(tgqueue, SYS("rt_tgsigqueueinfo"), KILL_VIA_RT_TGSIGQUEUEINFO, false)
TRACE_CALL(pidfd, SYS("pidfd_send_signal"), KILL_VIA_PIDFD_SEND_SIGNAL, false)

TRACE_CALL(kill_32, SYS_32("kill"), KILL_VIA_KILL, true)
TRACE_CALL(tkill_32, SYS_32("tkill"), KILL_VIA_TKILL, true)
TRACE_CALL(tgkill_32, SYS_32("tgkill"), KILL_VIA_TGKILL, true)
TRACE_CALL(queue_32, COMPAT_SYS("rt_sigqueueinfo"), KILL_VIA_RT_SIGQUEUEINFO, true)
TRACE_CALL(tgqueue_32, COMPAT_SYS("rt_tgsigqueueinfo"), KILL_VIA_RT_TGSIGQUEUEINFO, true)
TRACE_CALL(pidfd_32, SYS_32("pidfd_send_signal"), KILL_VIA_PIDFD_SEND_SIGNAL, true)

// The end of every system call, where functions cannot be traced.

#define NO_CALL (-1)

static __always_inline int native_call(long number)
{
	switch (number) {
#if defined(__TARGET_ARCH_arm64)
	case 129:
		return KILL_VIA_KILL;
	case 130:
		return KILL_VIA_TKILL;
	case 131:
		return KILL_VIA_TGKILL;
	case 138:
		return KILL_VIA_RT_SIGQUEUEINFO;
	case 240:
		return KILL_VIA_RT_TGSIGQUEUEINFO;
#else
	case 62:
		return KILL_VIA_KILL;
	case 200:
		return KILL_VIA_TKILL;
	case 234:
		return KILL_VIA_TGKILL;
	case 129:
		return KILL_VIA_RT_SIGQUEUEINFO;
	case 297:
		return KILL_VIA_RT_TGSIGQUEUEINFO;
#endif
	case 424:
		return KILL_VIA_PIDFD_SEND_SIGNAL;
	}
	return NO_CALL;
}

static __always_inline int compat_call(long number)
{
	switch (number) {
	case 37:
		return KILL_VIA_KILL;
	case 238:
		return KILL_VIA_TKILL;
#if defined(__TARGET_ARCH_arm64)
	case 268:
		return KILL_VIA_TGKILL;
	case 363:
		return KILL_VIA_RT_TGSIGQUEUEINFO;
#else
	case 270:
		return KILL_VIA_TGKILL;
	case 335:
		return KILL_VIA_RT_TGSIGQUEUEINFO;
#endif
	case 178:
		return KILL_VIA_RT_SIGQUEUEINFO;
	case 424:
		return KILL_VIA_PIDFD_SEND_SIGNAL;
	}
	return NO_CALL;
}

SEC("raw_tp/sys_exit")
int BPF_PROG(call_raw_tp, const void *regs, long ret)
{
	long number = syscall_number(regs, false);
	int native = native_call(number), compat = compat_call(number), call;
	struct request request;
	bool is_32_bit;

	if (native == NO_CALL && compat == NO_CALL)
		return 0;
	is_32_bit = is_compat();
	call = is_32_bit ? compat : native;
	if (call == NO_CALL)
		return 0;
	request = request_of(call, regs, is_32_bit);
	return report(&request, ret);
}
