/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// System calls of 64-bit and 32-bit programs.
#pragma once

#include "current.bpf.h"

#if defined(__TARGET_ARCH_arm64)
#define COMPAT_WORD thread_info.flags
#define COMPAT_BIT (1 << 22) // TIF_32BIT
#else
#define COMPAT_WORD thread_info.status
#define COMPAT_BIT 2 // TS_COMPAT
#endif

/** Whether the system call that the current task is in is a 32-bit one. */
static __always_inline bool is_compat_of(struct task_struct *current)
{
	return LOAD(is_task_typed(), current, COMPAT_WORD) & COMPAT_BIT;
}

static __always_inline bool is_compat(void)
{
	return is_compat_of(current_task());
}

/** The first four arguments of a system call. */
struct syscall_args {
	__u64 arg[4];
};

/** The number of the system call that ends, from the registers it came with: of the task, or as a
 * raw sys_exit tracepoint hands them over. */
static __always_inline long syscall_number(const struct pt_regs *regs, bool typed)
{
#if defined(__TARGET_ARCH_arm64)
	return LOAD(typed, regs, syscallno);
#else
	return LOAD(typed, regs, orig_ax);
#endif
}

/** The arguments, from registers that the program may load from by itself. */
static __always_inline struct syscall_args load_syscall_args(const struct pt_regs *regs,
                                                             bool compat)
{
#if defined(__TARGET_ARCH_arm64)
	const __u64 *x = regs->user_regs.regs;

	return (struct syscall_args){{regs->orig_x0, x[1], x[2], x[3]}};
#else
	if (compat)
		return (struct syscall_args){
		        {(__u32)regs->bx, (__u32)regs->cx, (__u32)regs->dx, (__u32)regs->si}};
	return (struct syscall_args){{regs->di, regs->si, regs->dx, regs->r10}};
#endif
}

/** A function of its own, so that its copy of the registers takes no stack from what is called
 * later. */
static __noinline int read_syscall_args(struct syscall_args *args, const void *regs, bool compat)
{
#if defined(__TARGET_ARCH_arm64)
	const struct pt_regs *r = regs;

	BPF_CORE_READ_INTO(args, r, user_regs.regs);
	// x0 holds the result.
	args->arg[0] = BPF_CORE_READ(r, orig_x0);
#else
	struct pt_regs r = {};

	bpf_probe_read_kernel(&r, sizeof(r), regs);
	*args = load_syscall_args(&r, compat);
#endif
	return 0;
}

/** The arguments, from the same registers: the result has taken the place of none that we read
 * here. */
static __always_inline struct syscall_args syscall_args(const void *regs, bool compat, bool typed)
{
	struct syscall_args args = {};

	if (typed)
		return load_syscall_args(regs, compat);
	read_syscall_args(&args, regs, compat);
	return args;
}
