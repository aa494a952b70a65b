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
/** Names and mounts passed on the way up: about 180 instructions each to the verifier of 5.10. */
#define WALK_STEPS 160
/** For what is needed rarely: the work of the verifier is done at every start. */
#define WALK_FEW_STEPS 24

enum walk_end {
	/** Reached the process's root. */
	WALK_WHOLE,
	/** Too deep or too long: the outermost names are missing. */
	WALK_CUT,
	/** The way up ends elsewhere: another mount namespace, above a chroot, no mount at all. */
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
 * at `out`, and their length into `size`, which must lie in a map. As d_path() does, but without
 * its locks: a rename at the same moment may mix old and new names.
 *
 * `steps` is the most names and mounts it passes, WALK_STEPS at most; a constant saves the verifier
 * the rest.
 *
 * What a round hands to the next lies in memory, so that to the verifier it is always the same: any
 * number. In registers it would look at every sequence of names and mounts.
 */
static __always_inline enum walk_end walk_path(char *out, volatile __u16 *size, struct path path,
                                               struct task_struct *task, int steps)
{
	struct dentry *root_dentry = BPF_CORE_READ(task, fs, root.dentry);
	struct vfsmount *root_mnt = BPF_CORE_READ(task, fs, root.mnt);
	volatile struct {
		struct dentry *dentry;
		struct vfsmount *mnt;
		struct dentry *mount_root;
	} at = {path.dentry, path.mnt, BPF_CORE_READ(path.mnt, mnt_root)};

	*size = 0;
	for (int i = 0; i < steps && i < WALK_STEPS; i++) {
		struct dentry *dentry = at.dentry, *parent = BPF_CORE_READ(dentry, d_parent);
		struct vfsmount *mnt = at.mnt;

		// One branch: && would be two, and so twice the paths for the verifier to look at.
		__u64 below = ((__u64)dentry ^ (__u64)root_dentry) | ((__u64)mnt ^ (__u64)root_mnt);
		barrier_var(below);
		if (!below)
			return WALK_WHOLE;
		if (dentry == at.mount_root) {
			struct mount *mount =
			        (void *)mnt - bpf_core_field_offset(struct mount, mnt);
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (above == mount)
				return WALK_OUTSIDE;
			mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
			at.dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			at.mnt = mnt;
			at.mount_root = BPF_CORE_READ(mnt, mnt_root);
		} else {
			const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
			__u64 used = *size;
			long n;

			if (dentry == parent)
				return WALK_OUTSIDE;
			if (used >= PATH_BYTES)
				return WALK_CUT;
			n = bpf_probe_read_kernel_str(out + used, NAME_BYTES, name);
			if (n <= 0)
				return WALK_CUT;
			*size = used + n;
			at.dentry = parent;
		}
	}
	return WALK_CUT;
}
