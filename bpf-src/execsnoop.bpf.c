// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every exec: those that worked when they are done, those that failed when they return.
#include "execsnoop/event.bpf.h"
#include "execsnoop/failed.bpf.h"
#include "execsnoop/long_arguments.bpf.h"
#include "follow.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

// At the end of exec_binprm() the new program is in place and has not run: its arguments lie as one
// block on its stack, where nobody can have changed them. Whichever system call it was, the thread
// that made it is the leader now; `old_pid` is the number it had.
static __always_inline int report_exec(pid32 old_pid, struct linux_binprm *bprm)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 thread = (bpf_get_current_pid_tgid() >> 32 << 32) | (__u32)old_pid;
	struct exec_event *event = begin(SLOT_EXEC, thread, 0);
	__u64 from, whole, size, at;

	if (!event)
		return 0;
	at = end_of_file_name(event, bpf_probe_read_kernel_str(event + 1, PATH_BYTES + 1,
	                                                       BPF_CORE_READ(bprm, interp)));
	at = write_paths(event, at, true);
	from = BPF_CORE_READ(task, mm, arg_start);
	whole = BPF_CORE_READ(task, mm, arg_end) - from;
	size = whole > LONG_BYTES ? LONG_BYTES : whole;
	event->args.at = at;
	event->args.len = size;
	event->cut = whole - size;
	if (size > SHORT_BYTES)
		return send_long(event, from);
	barrier_var(at);
	barrier_var(size);
	if (at > HEAD_BYTES || size > SHORT_BYTES)
		return 0;
	if (bpf_probe_read_user((char *)event + at, size, (const void *)from))
		mark_unread(event);
	send_short(event);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_tp_btf, struct task_struct *task, pid32 old_pid, struct linux_binprm *bprm)
{
	return report_exec(old_pid, bprm);
}

SEC("raw_tp/sched_process_exec")
int BPF_PROG(exec_raw_tp, struct task_struct *task, pid32 old_pid, struct linux_binprm *bprm)
{
	return report_exec(old_pid, bprm);
}

// Failed ones, whose arguments still lie where the caller has put them. The system calls themselves
// are the only functions that all failures pass. (The BTF of Debian's 5.10 has no pt_regs for
// execveat, and the verifier refuses that program.)

#if defined(__TARGET_ARCH_arm64)
#define SYS(name) "__arm64_sys_" name
#define COMPAT_SYS(name) "__arm64_compat_sys_" name
#else
#define SYS(name) "__x64_sys_" name
#define COMPAT_SYS(name) "__ia32_compat_sys_" name
#endif

#define TRACE_FAILED(program, function, slot, at, compat)                                          \
	SEC("fexit/" function)                                                                     \
	int BPF_PROG(program, const void *regs, int ret)                                           \
	{                                                                                          \
		return report_failed(slot, regs, ret, at, compat);                                 \
	}

TRACE_FAILED(execve_fexit, SYS("execve"), SLOT_EXECVE, false, false)
TRACE_FAILED(execveat_fexit, SYS("execveat"), SLOT_EXECVEAT, true, false)
TRACE_FAILED(compat_execve_fexit, COMPAT_SYS("execve"), SLOT_COMPAT_EXECVE, false, true)
TRACE_FAILED(compat_execveat_fexit, COMPAT_SYS("execveat"), SLOT_COMPAT_EXECVEAT, true, true)

#if defined(__TARGET_ARCH_arm64)
enum { EXECVE = 221, EXECVEAT = 281, COMPAT_EXECVE = 11, COMPAT_EXECVEAT = 387 };
#else
enum { EXECVE = 59, EXECVEAT = 322, COMPAT_EXECVE = 11, COMPAT_EXECVEAT = 358 };
#endif

// The end of every system call, where functions cannot be traced.
SEC("raw_tp/sys_exit")
int BPF_PROG(failed_raw_tp, const void *regs, long ret)
{
	long number;
	bool compat;

	if (ret >= 0)
		return 0;
	number = syscall_number(regs, false);
	if (number != EXECVE && number != EXECVEAT && number != COMPAT_EXECVE &&
	    number != COMPAT_EXECVEAT)
		return 0;
	compat = is_compat();
	if (number == (compat ? COMPAT_EXECVE : EXECVE))
		return report_failed(SLOT_EXECVE, regs, ret, false, compat);
	if (number == (compat ? COMPAT_EXECVEAT : EXECVEAT))
		return report_failed(SLOT_EXECVE, regs, ret, true, compat);
	return 0;
}
