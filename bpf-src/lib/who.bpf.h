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
	__u64 ids = bpf_get_current_pid_tgid();

	who->cgroup = current_home_cgroup_id();
	who->pid = ids >> 32;
	who->tid = ids;
	who->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(&who->comm, sizeof(who->comm));
}
