/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Each time a listener drops a SYN or a handshake, whatever the reason: exactly what the kernel
// counts as TcpExtListenDrops, in tcp_listendrop(), which is inlined. Its callers are
// tcp_conn_request(), tcp_v4_syn_recv_sock() and tcp_v6_syn_recv_sock(), for which overflow.bpf.h
// tells how far they came (`kept`), and those below, for which the tool says
//
//	static __always_inline void dropped(struct sock *sk);
//
// (Read in 5.10, 6.1, 6.12 and 7.1.)
#pragma once

#include "overflow.bpf.h"

static __always_inline void dropped(struct sock *sk);

static __always_inline int keep_look(enum overflow_where where)
{
	struct look *look = look_at(where);

	if (look)
		look->kept = true;
	return 0;
}

/** The route of a packet that comes in. */
static __always_inline const void *route_of(const struct sk_buff *skb)
{
	return (const void *)(BPF_CORE_READ(skb, _skb_refdst) & ~SKB_DST_NOREF);
}

/** tcp_v4_conn_request() answers no SYN sent to a broadcast or multicast address. */
static __always_inline int see_ipv4_syn(struct sock *sk, const struct sk_buff *skb)
{
	const struct rtable *route = route_of(skb);

	if (BPF_CORE_READ(route, rt_flags) & (RTCF_BROADCAST | RTCF_MULTICAST))
		dropped(sk);
	return 0;
}

/** tcp_v6_conn_request() the same; it leaves IPv4 to the other. */
static __always_inline int see_ipv6_syn(struct sock *sk, const struct sk_buff *skb)
{
	const struct rt6_info *route = route_of(skb);

	if (!is_ipv4(skb) && !(BPF_CORE_READ(route, rt6i_flags) & RTF_LOCAL))
		dropped(sk);
	return 0;
}

/** tcp_req_err(): an ICMP error ends a handshake, if it quotes its SYN-ACK. */
static __always_inline int see_error(const void *request, __u32 seq, __u8 abort)
{
	const struct tcp_request_sock *tcp = request;
	const struct request_sock *req = request;

	if (abort && seq == BPF_CORE_READ(tcp, snt_isn))
		dropped(BPF_CORE_READ(req, __req_common.skc_listener));
	return 0;
}

// fentry.

// In tcp_conn_request() the last before it answers. (After it only a fast-open SYN can be dropped,
// when the listener closes at that moment.)
SEC("fentry/tcp_openreq_init_rwin")
int BPF_PROG(answer_fentry)
{
	return keep_look(OVERFLOW_AT_SYN);
}

// In tcp_v[46]_syn_recv_sock() the last that can fail, and that is no drop: another CPU was first.
SEC("fentry/inet_ehash_nolisten")
int BPF_PROG(hash_fentry)
{
	return keep_look(OVERFLOW_AT_ACK);
}

SEC("fentry/tcp_v4_conn_request")
int BPF_PROG(syn4_fentry, struct sock *sk, struct sk_buff *skb)
{
	return see_ipv4_syn(sk, skb);
}

SEC("fentry/tcp_v6_conn_request")
int BPF_PROG(syn6_fentry, struct sock *sk, struct sk_buff *skb)
{
	return see_ipv6_syn(sk, skb);
}

SEC("fentry/tcp_req_err")
int BPF_PROG(error_fentry, struct sock *request, __u32 seq, __u8 abort)
{
	return see_error(request, seq, abort);
}

// kprobe.

SEC("kprobe/tcp_openreq_init_rwin")
int BPF_KPROBE(answer_kprobe)
{
	return keep_look(OVERFLOW_AT_SYN);
}

SEC("kprobe/inet_ehash_nolisten")
int BPF_KPROBE(hash_kprobe)
{
	return keep_look(OVERFLOW_AT_ACK);
}

SEC("kprobe/tcp_v4_conn_request")
int BPF_KPROBE(syn4_kprobe, struct sock *sk, struct sk_buff *skb)
{
	return see_ipv4_syn(sk, skb);
}

SEC("kprobe/tcp_v6_conn_request")
int BPF_KPROBE(syn6_kprobe, struct sock *sk, struct sk_buff *skb)
{
	return see_ipv6_syn(sk, skb);
}

SEC("kprobe/tcp_req_err")
int BPF_KPROBE(error_kprobe, struct sock *request, __u32 seq, __u8 abort)
{
	return see_error(request, seq, abort);
}
