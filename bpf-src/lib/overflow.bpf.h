/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Each time a listener's accept queue is found full: exactly what the kernel counts as
// TcpExtListenOverflows. The tool says what to do at the end of each look:
//
//	static __always_inline void looking(struct look *look);
//	static __always_inline void looked(const struct look *look, enum overflow_where where);
//
// The kernel looks in three places: tcp_v4_syn_recv_sock() and tcp_v6_syn_recv_sock(), at the ACK
// that completes a handshake, and tcp_conn_request(), at a SYN. No argument or result tells a full
// queue from other failures, and the queue itself may change on another CPU between our look and
// the kernel's. What does tell is how far the function came: the look is the first thing in
// tcp_v4_syn_recv_sock(), before tcp_create_openreq_child(); in tcp_v6_syn_recv_sock() only the
// route can fail between the two; in tcp_conn_request() what comes after it is inet_reqsk_alloc().
// (Read in 5.10, 6.1, 6.12 and 7.2.)
#pragma once

#include "listener.bpf.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

enum overflow_where { OVERFLOW_AT_ACK, OVERFLOW_AT_SYN } __attribute__((packed));

/** A call under way. */
struct look {
	struct sock *sk;
	/** At a SYN. */
	const struct sk_buff *skb;
	/** When it began. */
	__u32 queue;
	bool full_before;
	/** The SYN queue is full, and this SYN ends there. */
	bool ends_before;
	bool syn_queue_full;
	/** It came past the look. */
	bool passed;
	/** It is to be answered with a SYN cookie. */
	bool cookie;
	/** It came past all that ends in tcp_listendrop(); drops.bpf.h sets it. */
	bool kept;
	/** For the tool. */
	__u32 noted;
};

/** What the tool does when one begins, and when it has ended. */
static __always_inline void looking(struct look *look);
static __always_inline void looked(const struct look *look, enum overflow_where where);

// One slot for each place (fast open goes from tcp_conn_request() into tcp_v4_syn_recv_sock()). All
// of it runs with softirqs off: nothing else of the kind cuts in on this CPU.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct look);
} looks SEC(".maps");

static __always_inline struct look *look_at(__u32 where)
{
	return bpf_map_lookup_elem(&looks, &where);
}

static __always_inline int begin_look(enum overflow_where where, struct look begun)
{
	struct look *look = look_at(where);

	if (look) {
		*look = begun;
		looking(look);
	}
	return 0;
}

static __always_inline int begin_ack(struct sock *sk)
{
	__u32 queue = accept_queue(sk);

	return begin_look(OVERFLOW_AT_ACK, (struct look){
	                                           .sk = sk,
	                                           .queue = queue,
	                                           .full_before = queue > accept_limit(sk),
	                                   });
}

static __always_inline int pass_look(enum overflow_where where)
{
	struct look *look = look_at(where);

	if (look)
		look->passed = true;
	return 0;
}

static __always_inline int end_look(enum overflow_where where)
{
	struct look *look = look_at(where);

	// Calls under way when the programs come have no beginning.
	if (look && look->sk) {
		looked(look, where);
		look->sk = NULL;
	}
	return 0;
}

/** Whether the kernel found the accept queue full. */
static __always_inline bool found_full(const struct look *look)
{
	// The queue itself guards against calls seen while programs come and go.
	return !look->passed && !look->ends_before &&
	       (look->full_before || accept_queue_full(look->sk));
}

/** An IPv4 connection to an IPv6 socket: tcp_v6_syn_recv_sock() calls the other for it. */
static __always_inline bool is_ipv4(const struct sk_buff *skb)
{
	return BPF_CORE_READ(skb, protocol) == bpf_htons(ETH_P_IP);
}

/**
 * Whether this SYN comes to a socket in TIME_WAIT, to which the limit of the SYN queue does not
 * apply (some kernels from 6.10 on keep that in a per-CPU variable, not seen here).
 */
static __always_inline bool is_reuse(const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = (const void *)skb + bpf_core_field_offset(skb->cb);

	return bpf_core_field_exists(cb->tcp_tw_isn) && BPF_CORE_READ(cb, tcp_tw_isn);
}

/** 0: no SYN cookies, 1: when the SYN queue is full, 2: always. */
static __always_inline __u8 syn_cookies(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ipv4.sysctl_tcp_syncookies);
}

static __always_inline int begin_syn(struct sock *sk, const struct sk_buff *skb)
{
	__u32 queue = accept_queue(sk);
	bool full = syn_queue_full(sk);

	return begin_look(OVERFLOW_AT_SYN,
	                  (struct look){
	                          .sk = sk,
	                          .skb = skb,
	                          .queue = queue,
	                          .full_before = queue > accept_limit(sk),
	                          .ends_before = full && !syn_cookies(sk) && !is_reuse(skb),
	                          .syn_queue_full = full,
	                  });
}

/** inet_reqsk_alloc(): only cookies do without a reference to the listener. */
static __always_inline int pass_syn(__u8 attach_listener)
{
	struct look *look = look_at(OVERFLOW_AT_SYN);

	if (look) {
		look->passed = true;
		look->cookie = !attach_listener;
	}
	return 0;
}

// fentry and fexit.

SEC("fentry/tcp_create_openreq_child")
int BPF_PROG(child_fentry)
{
	return pass_look(OVERFLOW_AT_ACK);
}

SEC("fentry/tcp_v4_syn_recv_sock")
int BPF_PROG(ack4_fentry, struct sock *sk)
{
	return begin_ack(sk);
}

SEC("fexit/tcp_v4_syn_recv_sock")
int BPF_PROG(ack4_fexit)
{
	return end_look(OVERFLOW_AT_ACK);
}

// Four arguments, and then the result; on 7.2 it is five.
SEC("fexit/inet6_csk_route_req")
int route_fexit(__u64 *ctx)
{
	__u64 route = 0;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_func_ret))
		bpf_get_func_ret(ctx, &route);
	else
		route = ctx[4];
	return route ? 0 : pass_look(OVERFLOW_AT_ACK);
}

SEC("fentry/tcp_v6_syn_recv_sock")
int BPF_PROG(ack6_fentry, struct sock *sk, struct sk_buff *skb)
{
	return is_ipv4(skb) ? 0 : begin_ack(sk);
}

SEC("fexit/tcp_v6_syn_recv_sock")
int BPF_PROG(ack6_fexit)
{
	return end_look(OVERFLOW_AT_ACK);
}

SEC("fentry/inet_reqsk_alloc")
int BPF_PROG(request_fentry, void *ops, struct sock *sk, __u8 attach_listener)
{
	return pass_syn(attach_listener);
}

SEC("fentry/tcp_conn_request")
int BPF_PROG(syn_fentry, void *ops, void *family_ops, struct sock *sk, struct sk_buff *skb)
{
	return begin_syn(sk, skb);
}

SEC("fexit/tcp_conn_request")
int BPF_PROG(syn_fexit)
{
	return end_look(OVERFLOW_AT_SYN);
}

// kprobe and kretprobe.

SEC("kprobe/tcp_create_openreq_child")
int BPF_KPROBE(child_kprobe)
{
	return pass_look(OVERFLOW_AT_ACK);
}

SEC("kprobe/tcp_v4_syn_recv_sock")
int BPF_KPROBE(ack4_kprobe, struct sock *sk)
{
	return begin_ack(sk);
}

SEC("kretprobe/tcp_v4_syn_recv_sock")
int BPF_KRETPROBE(ack4_kretprobe)
{
	return end_look(OVERFLOW_AT_ACK);
}

SEC("kretprobe/inet6_csk_route_req")
int BPF_KRETPROBE(route_kretprobe, void *route)
{
	return route ? 0 : pass_look(OVERFLOW_AT_ACK);
}

SEC("kprobe/tcp_v6_syn_recv_sock")
int BPF_KPROBE(ack6_kprobe, struct sock *sk, struct sk_buff *skb)
{
	return is_ipv4(skb) ? 0 : begin_ack(sk);
}

SEC("kretprobe/tcp_v6_syn_recv_sock")
int BPF_KRETPROBE(ack6_kretprobe)
{
	return end_look(OVERFLOW_AT_ACK);
}

SEC("kprobe/inet_reqsk_alloc")
int BPF_KPROBE(request_kprobe, void *ops, struct sock *sk, __u8 attach_listener)
{
	return pass_syn(attach_listener);
}

SEC("kprobe/tcp_conn_request")
int BPF_KPROBE(syn_kprobe, void *ops, void *family_ops, struct sock *sk, struct sk_buff *skb)
{
	return begin_syn(sk, skb);
}

SEC("kretprobe/tcp_conn_request")
int BPF_KRETPROBE(syn_kretprobe)
{
	return end_look(OVERFLOW_AT_SYN);
}
