/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The current task, which since 5.11 programs of every kind may load from by themselves.
#pragma once

#include "load.bpf.h"

/** Whether the kernel has the helper that hands it over for that (3ca1032ab7ab). */
static __always_inline bool is_task_typed(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

static __always_inline struct task_struct *current_task(void)
{
	return is_task_typed() ? bpf_get_current_task_btf() : (void *)bpf_get_current_task();
}

static __always_inline pid32 current_tid(struct task_struct *task)
{
	return is_task_typed() ? task->pid : (pid32)bpf_get_current_pid_tgid();
}

static __always_inline pid32 current_tgid(struct task_struct *task)
{
	return is_task_typed() ? task->tgid : (pid32)(bpf_get_current_pid_tgid() >> 32);
}

static __always_inline uid32 current_uid(struct task_struct *task)
{
	return is_task_typed() ? task->cred->uid.val : (uid32)bpf_get_current_uid_gid();
}

/** A thread's name, as loads and stores of the size that any record has room for. */
struct comm_words {
	__u32 words[sizeof(comm_t) / sizeof(__u32)];
};

/** What follows the name's NUL may be left of a longer one: no key for a map. */
static __always_inline void read_current_comm(struct task_struct *task, comm_t *comm)
{
	if (is_task_typed())
		*(struct comm_words *)comm = *(const struct comm_words *)&task->comm;
	else
		bpf_get_current_comm(comm, sizeof(*comm));
}
