/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What a field means, said by its C type: user space reads these names from the object's BTF.
#pragma once

typedef _Bool bool;
#define true 1
#define false 0

/** Nanoseconds of CLOCK_MONOTONIC. */
typedef __u64 ktime_ns;
/** How long something took. */
typedef __u64 duration_ns;
/** A number that 53 bits are enough for. */
typedef __u64 count64;
/** The same in a map's value, which only ever grows: a row shows by how much. */
typedef __u64 counter64;
/** A cgroup by its number, which is its directory's inode; 0: not known. */
typedef __u64 cgroup_id;
/** A process or thread number in the initial PID namespace. */
typedef __s32 pid32;
typedef __u32 uid32;
/** A task's name, NUL-padded. */
typedef char comm_t[16];
/** What open(2) and its kin return: a file descriptor, or -errno. */
typedef __s32 fd_or_errno;
/** O_… bits. */
typedef __u32 open_flags;
/** Permission bits of a file that is to be created. */
typedef __u16 file_mode;

/** Bytes behind the fixed part of a record: offset from its start, length without trailing NUL. */
struct text {
	__u16 at;
	__u16 len;
};

/** Bytes as they are. */
typedef struct text text;
/** Names separated by NUL, from the innermost outwards: "c\0b\0a" is /a/b/c, nothing is /. */
typedef struct text dentry_path;

/** The same for what may be longer than 64 KiB. */
struct long_text {
	__u32 at;
	__u32 len;
};

/** Words, each followed by a NUL: "a\0\0b\0" is "a", "", "b". */
typedef struct long_text arguments;
