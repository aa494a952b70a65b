/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The current task, with one call of a helper where programs may load from it by themselves
// (`typed`, load.bpf.h).
#pragma once

#include "load.bpf.h"

/** The helper that hands it over for that came with 5.11 (3ca1032ab7ab). */
static __always_inline bool is_task_typed(bool typed)
{
	return typed && bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

static __always_inline struct task_struct *current_task(bool typed)
{
	return is_task_typed(typed) ? bpf_get_current_task_btf() : (void *)bpf_get_current_task();
}

static __always_inline pid32 current_tid(struct task_struct *task, bool typed)
{
	return is_task_typed(typed) ? task->pid : (pid32)bpf_get_current_pid_tgid();
}

static __always_inline pid32 current_tgid(struct task_struct *task, bool typed)
{
	return is_task_typed(typed) ? task->tgid : (pid32)(bpf_get_current_pid_tgid() >> 32);
}
