// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How long each TCP connect takes, and what becomes of it: from SYN_SENT to the state after it.
//
// A socket enters SYN_SENT in connect(2), in the thread that connects, and leaves it wherever the
// answer comes, a timer ends it, or somebody closes it.
#include "connection.bpf.h"
#include "events.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "tcp_state.bpf.h"
#include "who.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct connected_event {
	/** When it ended. */
	ktime_ns time;
	duration_ns latency;
	struct who who;
	struct connection connection;
	/** 0 where it is not connected: it was closed meanwhile. */
	__s32 error;
	bool connected;
	__u8 _end[3];
};

EVENT_TYPE(events, struct connected_event);

/** Only what takes at least so long, in nanoseconds. */
const volatile duration_ns min_latency = 0;

struct connecting {
	ktime_ns since;
	struct who who;
};

/** By socket. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct connecting);
} connecting SEC(".maps");

static __always_inline int begin_connect(const struct sock *sk)
{
	struct connecting begun = {.since = bpf_ktime_get_ns()};
	__u64 key = (__u64)sk;

	// An MPTCP socket has states of its own beside those of its first connection.
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || !current_wanted())
		return 0;
	read_who(&begun.who);
	if (bpf_map_update_elem(&connecting, &key, &begun, BPF_ANY))
		count_lost();
	return 0;
}

static __always_inline int end_connect(const struct sock *sk, int state)
{
	__u64 key = (__u64)sk;
	struct connecting *found = bpf_map_lookup_elem(&connecting, &key);
	struct connected_event event = {.time = bpf_ktime_get_ns()};
	const struct inet_sock *inet = (const void *)sk;

	if (!found)
		return 0;
	event.latency = event.time - found->since;
	event.who = found->who;
	bpf_map_delete_elem(&connecting, &key);
	read_connection(&event.connection, sk);
	// One that has failed has given up skc_num already where the tracepoint is.
	event.connection.lport = bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
	if (event.latency < min_latency || !connection_wanted(&event.connection))
		return 0;
	event.connected = state == TCP_STATE_ESTABLISHED;
	event.error = event.connected ? 0 : BPF_CORE_READ(sk, sk_err);
	send(&event, sizeof(event));
	return 0;
}

static __always_inline int see_state(const struct sock *sk, int before, int state)
{
	__u64 key = (__u64)sk;

	if (state == TCP_STATE_SYN_SENT)
		return begin_connect(sk);
	// Both sides that connect to each other at once go through SYN_RECV.
	if (before == TCP_STATE_SYN_SENT && state == TCP_STATE_SYN_RECV)
		return 0;
	if (before == TCP_STATE_SYN_SENT || (before == TCP_STATE_SYN_RECV && state != before))
		return end_connect(sk, state);
	// Another socket by now, or one whose end was not seen.
	if (!bpf_map_delete_elem(&connecting, &key))
		count_lost();
	return 0;
}

// Where a softirq cuts in on one of these while it runs for connect(2), the kernel skips it for the
// socket of the softirq (6.1 and others). So there are two of each: at most one is skipped, and the
// other then does it.

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_tp_btf, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(twin_tp_btf, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state);
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_raw_tp, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state);
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(twin_raw_tp, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state);
}

// What a socket that connects goes through comes from here, and preemption makes the kernel skip no
// kprobe.
SEC("kprobe/tcp_set_state")
int BPF_KPROBE(state_kprobe, struct sock *sk, int state)
{
	return see_state(sk, tcp_state(sk), state);
}
