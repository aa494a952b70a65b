/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Who runs, for records of what a thread does itself.
#pragma once

#include "cgroup.bpf.h"

struct who {
	cgroup_id cgroup;
	pid32 pid;
	pid32 tid;
	uid32 uid;
	comm_t comm;
};

static __always_inline void read_who(struct who *who)
{
	struct task_struct *task = current_task();

	who->cgroup = current_home_cgroup_id(task);
	who->pid = current_tgid(task);
	who->tid = current_tid(task);
	who->uid = current_uid(task);
	read_current_comm(task, &who->comm);
}
