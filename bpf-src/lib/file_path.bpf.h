/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The path of an open file at the end of a record.
#pragma once

#include "path.bpf.h"

/** For a record: the path as the current task sees it, and what it lacks. */
struct file_path {
	dentry_path path;
	/** Outermost names are missing. */
	bool path_cut;
	/** Not below the root of the task. */
	bool path_outside;
	__u16 _path;
};

/**
 * Writes the path into scratch memory behind the first `fixed` bytes of `record`, and where it is
 * into `into`, which lies within them; returns the bytes of all. With `steps` 1 it is the last name
 * alone.
 */
static __noinline __u64 add_path(char *record, __u64 fixed, struct file_path *into,
                                 struct path *path, int steps)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	enum walk_end end = walk_path(record + fixed, &into->path.len, *path, task, steps);
	__u64 size = fixed + into->path.len;

	into->path.at = fixed;
	into->path_cut = end == WALK_CUT;
	into->path_outside = end == WALK_OUTSIDE;
	if (into->path.len)
		into->path.len--;
	return size;
}

static __always_inline struct path path_of_file(const struct file *file)
{
	struct path path = {};

	BPF_CORE_READ_INTO(&path.mnt, file, f_path.mnt);
	BPF_CORE_READ_INTO(&path.dentry, file, f_path.dentry);
	return path;
}
