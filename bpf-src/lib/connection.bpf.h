/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The two ends of a TCP connection, and the filters by them. A handshake under way (request_sock)
// and a connection in TIME_WAIT begin with the same sock_common as a full socket.
#pragma once

#include "ip_filter.bpf.h"
#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum ip_family { IP_FAMILY_IPV4, IP_FAMILY_IPV6 } __attribute__((packed));

/** What is on the wire: an IPv6 socket that talks to ::ffff:a.b.c.d is IPv4. */
struct connection {
	__u32 netns;
	__u16 lport;
	__u16 rport;
	/** An IPv4 address fills the first four bytes. */
	__u8 laddr[16];
	__u8 raddr[16];
	enum ip_family family;
	__u8 _pad[3];
};

const volatile __u64 only_rports[MOST_PORTS] = {};

/** ::ffff:a.b.c.d */
static __always_inline bool is_mapped(const __u8 address[16])
{
	const __u32 *words = (const void *)address;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

/** `family`: AF_INET or AF_INET6, of a socket. */
static __always_inline void read_ends(struct connection *to, const struct sock *sk, __u16 family)
{
	to->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	to->lport = BPF_CORE_READ(sk, __sk_common.skc_num);
	to->rport = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	to->family = family == AF_INET6 ? IP_FAMILY_IPV6 : IP_FAMILY_IPV4;
	if (family == AF_INET6) {
		bpf_core_read(to->laddr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(to->raddr, 16, &sk->__sk_common.skc_v6_daddr);
		if (!is_mapped(to->raddr))
			return;
		to->family = IP_FAMILY_IPV4;
		__builtin_memset(to->laddr, 0, 16);
		__builtin_memset(to->raddr, 0, 16);
	}
	bpf_core_read(to->laddr, 4, &sk->__sk_common.skc_rcv_saddr);
	bpf_core_read(to->raddr, 4, &sk->__sk_common.skc_daddr);
}

static __always_inline void read_connection(struct connection *to, const struct sock *sk)
{
	read_ends(to, sk, BPF_CORE_READ(sk, __sk_common.skc_family));
}

static __always_inline bool connection_wanted(const struct connection *it)
{
	if (it->family == IP_FAMILY_IPV6 ? skip_ipv6 : skip_ipv4)
		return false;
	return is_port_in(only_lports, it->lport) && is_port_in(only_rports, it->rport);
}

static __always_inline bool is_tcp_over_ip(const struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol);

	return (family == AF_INET || family == AF_INET6) &&
	       (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP);
}
