/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The path of a directory or file as a process sees it, and the files behind file descriptors.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/** The most bytes of a path, trailing NUL included. */
#define PATH_BYTES 4096
#define NAME_BYTES 256
/** What walk_path() may write: it stops after the name that fills PATH_BYTES. */
#define WALK_BYTES (PATH_BYTES + NAME_BYTES)
/** Names and mounts passed on the way up; as many as the verifier of 5.10 lets through. */
#define WALK_STEPS 256

enum walk_end {
	/** Reached the process's root. */
	WALK_WHOLE,
	/** Too deep or too long: the outermost names are missing. */
	WALK_CUT,
	/** The way up ends elsewhere: in another mount namespace, above a chroot, or in no mount at
	   all. */
	WALK_OUTSIDE,
};

/** The file behind a descriptor of the current task, or NULL. */
static __always_inline struct file *file_of(struct task_struct *task, int fd)
{
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if (fd >= 0 && (__u32)fd < BPF_CORE_READ(fdt, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(fdt, fd) + fd);
	return file;
}

/** The file or directory behind a descriptor, AT_FDCWD included; dentry NULL if there is none. */
static __always_inline struct path path_of_fd(struct task_struct *task, int fd)
{
	struct path path = {};

	if (fd == AT_FDCWD) {
		BPF_CORE_READ_INTO(&path.mnt, task, fs, pwd.mnt);
		BPF_CORE_READ_INTO(&path.dentry, task, fs, pwd.dentry);
	} else {
		struct file *file = file_of(task, fd);

		BPF_CORE_READ_INTO(&path.mnt, file, f_path.mnt);
		BPF_CORE_READ_INTO(&path.dentry, file, f_path.dentry);
	}
	return path;
}

/**
 * Writes the names from `path` up to the root of the task, each followed by a NUL, into WALK_BYTES
 * at `out`, and their length into `size`, which must lie in a map: read back from there, it is any
 * number to the verifier, which so sees the same state in every round however many names there
 * were.
 *
 * As d_path() does, but without its locks: a rename at the same moment may mix old and new names.
 */
static __always_inline enum walk_end walk_path(char *out, volatile __u16 *size, struct path path,
                                               struct task_struct *task)
{
	struct dentry *dentry = path.dentry, *root_dentry = BPF_CORE_READ(task, fs, root.dentry);
	struct vfsmount *mnt = path.mnt, *root_mnt = BPF_CORE_READ(task, fs, root.mnt);
	struct dentry *mount_root = BPF_CORE_READ(mnt, mnt_root);

	*size = 0;
	for (int i = 0; i < WALK_STEPS; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		const unsigned char *name;
		__u64 used;
		long n;

		if (dentry == root_dentry && mnt == root_mnt)
			return WALK_WHOLE;
		if (dentry == mount_root || dentry == parent) {
			struct mount *mount =
			        (void *)mnt - bpf_core_field_offset(struct mount, mnt);
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (dentry != mount_root || above == mount || !above)
				return WALK_OUTSIDE;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
			mount_root = BPF_CORE_READ(mnt, mnt_root);
			continue;
		}
		name = BPF_CORE_READ(dentry, d_name.name);
		used = *size;
		if (used >= PATH_BYTES)
			return WALK_CUT;
		n = bpf_probe_read_kernel_str(out + used, NAME_BYTES, name);
		if (n <= 0)
			return WALK_CUT;
		*size += n;
		dentry = parent;
	}
	return WALK_CUT;
}
