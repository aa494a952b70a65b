/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// A listening TCP socket: which one it is, and how long its queues are.
#pragma once

#include "load.bpf.h"
#include <bpf/bpf_endian.h>

enum listener_family { LISTENER_IPV4, LISTENER_IPV6 } __attribute__((packed));

/**
 * One socket, for maps. Twins with SO_REUSEPORT have the same address, and a new socket may lie
 * where a closed one was.
 */
struct listener_key {
	__u64 sock;
	count64 inode;
};

/** As /proc/PID/fd names it, `socket:[INODE]`; 0 once the socket is closed. */
static __always_inline __u64 socket_inode(const struct sock *sk)
{
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);
	struct socket_alloc *both;

	if (!socket)
		return 0;
	both = (void *)socket - bpf_core_field_offset(struct socket_alloc, socket);
	return BPF_CORE_READ(both, vfs_inode.i_ino);
}

static __always_inline struct listener_key listener_key(const struct sock *sk)
{
	return (struct listener_key){(__u64)sk, socket_inode(sk)};
}

static __always_inline enum listener_family listener_family(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6 ? LISTENER_IPV6
	                                                             : LISTENER_IPV4;
}

/** An IPv4 address fills the first four bytes. */
static __always_inline void read_listener_address(void *to, const struct sock *sk)
{
	if (listener_family(sk) == LISTENER_IPV6)
		bpf_core_read(to, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	else
		bpf_core_read(to, 4, &sk->__sk_common.skc_rcv_saddr);
}

static __always_inline __u32 listener_netns(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

/** Not skc_num, which a listener that closes gives up while SYNs still come to it. */
static __always_inline __u16 listener_port(const struct sock *sk)
{
	const struct inet_sock *inet = (const void *)sk;

	return bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
}

/** Connections that wait to be accepted. `typed`: load.bpf.h. */
static __always_inline __u32 accept_queue_of(const struct sock *sk, bool typed)
{
	return LOAD(typed, sk, sk_ack_backlog);
}

static __always_inline __u32 accept_queue(const struct sock *sk)
{
	return accept_queue_of(sk, false);
}

/** What listen(2) asked for, or net.core.somaxconn if that was less. */
static __always_inline __u32 accept_limit_of(const struct sock *sk, bool typed)
{
	return LOAD(typed, sk, sk_max_ack_backlog);
}

static __always_inline __u32 accept_limit(const struct sock *sk)
{
	return accept_limit_of(sk, false);
}

struct queue_and_limit {
	__u32 queue;
	__u32 limit;
};

/** Both. They lie side by side in the kernels so far: one call of a helper, not two. */
static __always_inline struct queue_and_limit accept_queue_and_limit(const struct sock *sk,
                                                                     bool typed)
{
	__u32 queue_at = bpf_core_field_offset(struct sock, sk_ack_backlog);
	__u32 limit_at = bpf_core_field_offset(struct sock, sk_max_ack_backlog);
	struct queue_and_limit both;

	if (typed || limit_at != queue_at + sizeof(both.queue))
		return (struct queue_and_limit){accept_queue_of(sk, typed),
		                                accept_limit_of(sk, typed)};
	bpf_probe_read_kernel(&both, sizeof(both), (const void *)sk + queue_at);
	return both;
}

/** What listen(2) cuts the backlog to, in this socket's network namespace. */
static __always_inline int listener_somaxconn(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, core.sysctl_somaxconn);
}

/** As sk_acceptq_is_full(): a limit of 4 holds 5. */
static __always_inline bool accept_queue_full(const struct sock *sk)
{
	return accept_queue(sk) > accept_limit(sk);
}

/**
 * As inet_csk_reqsk_queue_is_full(): the other queue, of handshakes under way, has the same limit
 * and holds one more as well (since a fix of January 2025, which older kernels got in updates).
 */
static __always_inline bool syn_queue_full(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = (const void *)sk;

	return (__u32)BPF_CORE_READ(icsk, icsk_accept_queue.qlen.counter) > accept_limit(sk);
}
