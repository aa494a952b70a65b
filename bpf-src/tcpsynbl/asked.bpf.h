/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The backlog that a program gave to listen(2), before the kernel cuts it to somaxconn.
#pragma once

#include "listener.bpf.h"
#include "path.bpf.h"

/** No limit is as high: somaxconn is an int. */
#define UNKNOWN_LIMIT 0xffffffff

struct asked {
	__s32 backlog;
	/** What the kernel makes of it. */
	__u32 limit;
	pid32 pid;
	comm_t comm;
};

// Most listeners never overflow; the oldest make room.
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct listener_key);
	__type(value, struct asked);
} asked_for SEC(".maps");

/** The socket behind a descriptor of the current task, or NULL. */
static __always_inline struct sock *sock_of(int fd)
{
	struct file *file = file_of((void *)bpf_get_current_task(), fd);
	struct socket *socket = BPF_CORE_READ(file, private_data);

	// Any file may have private data; a socket points back.
	if (!file || BPF_CORE_READ(socket, file) != file)
		return NULL;
	return BPF_CORE_READ(socket, sk);
}

/** By the current task. */
static __always_inline struct asked asked_now(const struct sock *sk, int backlog)
{
	__u32 somaxconn = listener_somaxconn(sk);

	struct asked asked = {
	        .backlog = backlog,
	        .limit = (__u32)backlog < somaxconn ? (__u32)backlog : somaxconn,
	        .pid = bpf_get_current_pid_tgid() >> 32,
	};

	bpf_get_current_comm(asked.comm, sizeof(asked.comm));
	return asked;
}
