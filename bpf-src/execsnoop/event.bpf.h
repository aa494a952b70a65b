/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What execsnoop reports: the record, and what is the same for every exec, done or failed.
#pragma once

#include "kernel.h"
#include "filter.bpf.h"
#include "parent.bpf.h"
#include "path.bpf.h"

struct exec_event {
	ktime_ns time;
	pid32 pid;
	/** The thread that called; after the exec it goes by the number of the process. */
	pid32 tid;
	pid32 ppid;
	uid32 uid;
	__s32 ret;
	__u32 cpu;
	/** Bytes of the arguments that are not in `args`. */
	__u32 cut;
	/** There are arguments beyond those counted in `cut`. */
	bool more;
	bool cwd_cut;
	bool cwd_outside;
	bool exe_cut;
	bool exe_outside;
	bool has_cwd;
	bool has_exe;
	bool file_cut;
	cgroup_id cgroup;
	comm_t comm;
	comm_t pcomm;
	/** What was executed: the interpreter of a script. Of a failed exec: the name as passed. */
	text file;
	dentry_path cwd;
	dentry_path exe;
	arguments args;
	__u32 _pad;
};

/** All before the arguments, at most. */
#define HEAD_BYTES (sizeof(struct exec_event) + PATH_BYTES + 8 + 2 * WALK_BYTES)
/** Arguments up to this are sent from scratch, longer ones straight from user memory. */
#define SHORT_BYTES 8192
#define SCRATCH_BYTES (HEAD_BYTES + SHORT_BYTES)
#define SCRATCH_SLOTS 5
enum { SLOT_EXEC, SLOT_EXECVE, SLOT_EXECVEAT, SLOT_COMPAT_EXECVE, SLOT_COMPAT_EXECVEAT };

#include "events.bpf.h"
#include "scratch.bpf.h"

EVENT_TYPE(events, struct exec_event);

/** Report the working directory and the path of the executable. */
const volatile bool want_paths = false;

/** Begins the record of an exec by `thread` (tgid << 32 | tid), unless the filters say no. */
static __always_inline struct exec_event *begin(__u32 slot, __u64 thread, int ret)
{
	struct task_struct *task = current_task();
	struct exec_event *event;
	struct parent parent;

	find_parent(&parent, thread >> 32);
	if (!task_wanted((__u64)task, thread, (__u64)task) || !parent_wanted(parent.seen))
		return NULL;
	event = scratch_slot(slot);
	if (!event)
		return NULL;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->pid = thread >> 32;
	event->tid = thread;
	event->ppid = parent.tgid;
	event->uid = current_uid(task);
	event->ret = ret;
	event->cgroup = current_home_cgroup_id(task);
	event->cpu = bpf_get_smp_processor_id();
	read_current_comm(task, &event->comm);
	__builtin_memcpy(event->pcomm, parent.comm, sizeof(parent.comm));
	return event;
}

/** Notes a name of `n` bytes, NUL included, behind the fixed part; returns where the next may lie.
 */
static __always_inline __u64 end_of_file_name(struct exec_event *event, long n)
{
	__u64 size = n > 0 ? n : 0;

	event->file.at = sizeof(*event);
	event->file.len = size ? size - 1 : 0;
	event->file_cut = size > PATH_BYTES;
	return sizeof(*event) + size;
}

/** Writes a path at event->cwd.at or event->exe.at; returns where the next may lie. */
static __noinline __u64 write_path(struct exec_event *event, bool exe)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	dentry_path *field = exe ? &event->exe : &event->cwd;
	__u64 at = field->at;
	enum walk_end end;
	struct path path;

	if (exe) {
		struct file *file = BPF_CORE_READ(task, mm, exe_file);

		BPF_CORE_READ_INTO(&path.mnt, file, f_path.mnt);
		BPF_CORE_READ_INTO(&path.dentry, file, f_path.dentry);
	} else {
		path = path_of_fd(task, AT_FDCWD);
	}
	if (!path.dentry || at > HEAD_BYTES - WALK_BYTES)
		return at;
	end = walk_path((char *)event + at, &field->len, path, task, WALK_STEPS);
	at += field->len;
	if (field->len)
		field->len--;
	if (exe) {
		event->has_exe = true;
		event->exe_cut = end == WALK_CUT;
		event->exe_outside = end == WALK_OUTSIDE;
	} else {
		event->has_cwd = true;
		event->cwd_cut = end == WALK_CUT;
		event->cwd_outside = end == WALK_OUTSIDE;
	}
	return at;
}

/** Writes the paths asked for, at `at` and behind; returns where the arguments may lie. */
static __always_inline __u64 write_paths(struct exec_event *event, __u64 at, bool exe)
{
	if (!want_paths)
		return at;
	event->cwd.at = at;
	at = write_path(event, false);
	if (!exe)
		return at;
	event->exe.at = at;
	return write_path(event, true);
}

/** Sends a record whose arguments are all in scratch. */
static __always_inline void send_short(struct exec_event *event)
{
	__u64 size = event->args.at + event->args.len;

	barrier_var(size);
	if (size <= SCRATCH_BYTES)
		send(event, size);
}
