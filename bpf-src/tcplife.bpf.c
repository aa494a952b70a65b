// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each TCP session at its end: who had it, how long, and how many bytes went each way.
//
// A session begins where its socket becomes ESTABLISHED and ends where it goes to CLOSE, which it
// also does where a smaller TIME_WAIT takes its place. Both happen wherever a packet arrives, so
// who runs there is anybody. Who connects is known in SYN_SENT, who closes in FIN_WAIT1 and
// LAST_ACK (tcp_close_state(), in the thread that closes or shuts down), and who accepts in
// security_sock_graft().
#include "connection.bpf.h"
#include "events.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "tcp_state.bpf.h"
#include "who.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct life_event {
	/** When it ended. */
	ktime_ns time;
	duration_ns duration;
	count64 sent;
	count64 received;
	struct who who;
	struct connection connection;
	/** What ended it, where it was not closed: such as ECONNRESET. */
	__s32 error;
	bool knows_begin;
	bool knows_who;
	__u8 _end[6];
};

EVENT_TYPE(events, struct life_event);

struct session {
	/** 0: before tracing, or not yet. */
	ktime_ns since;
	struct who who;
	bool knows_who;
	/** By the filters. */
	bool wanted;
	bool connects;
	/** The first of two programs has reported it. */
	bool ended;
};

/** By socket. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct session);
} sessions SEC(".maps");

static __always_inline void read_owner(struct session *session)
{
	session->wanted = current_wanted();
	session->knows_who = true;
	read_who(&session->who);
}

static __always_inline void keep(__u64 key, const struct session *session)
{
	if (bpf_map_update_elem(&sessions, &key, session, BPF_ANY))
		count_lost();
}

static __always_inline int begin_connect(__u64 key)
{
	struct session session = {.connects = true};

	read_owner(&session);
	keep(key, &session);
	return 0;
}

static __always_inline int establish(__u64 key, int before, bool second)
{
	struct session *found = bpf_map_lookup_elem(&sessions, &key);
	struct session session = {
	        .since = bpf_ktime_get_ns(),
	        .connects = before == TCP_STATE_SYN_SENT,
	};

	if (!found || found->ended) {
		keep(key, &session);
	} else if (!found->since) {
		found->since = session.since;
	} else if (!second) {
		// The end of another one has not been seen.
		count_lost();
		keep(key, &session);
	}
	return 0;
}

/** Somebody accepts it, or closes it. Of one that connects it is known who had it. */
static __always_inline int own(__u64 key)
{
	struct session *found = bpf_map_lookup_elem(&sessions, &key), session = {};

	if (found && !found->ended) {
		if (!found->connects)
			read_owner(found);
		return 0;
	}
	read_owner(&session);
	keep(key, &session);
	return 0;
}

/**
 * Without SYN and FIN, which bytes_acked and bytes_received have where they are part of a sequence
 * number that moved on: the SYN of who connects, a FIN that was acknowledged, and one that has come
 * (tcp_snd_una_update(), tcp_rcv_nxt_update(), tcp_fin(); from 5.10 to 7.2).
 */
static __always_inline void read_bytes(struct life_event *event, const struct sock *sk, int before,
                                       bool connects)
{
	const struct tcp_sock *tcp = (const void *)sk;
	bool acked = BPF_CORE_READ(tcp, snd_una) == BPF_CORE_READ(tcp, write_seq);
	bool finished = before != TCP_STATE_ESTABLISHED && before != TCP_STATE_CLOSE_WAIT;

	event->sent = BPF_CORE_READ(tcp, bytes_acked) - connects - (finished && acked);
	event->received = BPF_CORE_READ(tcp, bytes_received) -
	                  (BPF_CORE_READ(sk, __sk_common.skc_flags) >> SOCK_DONE & 1);
}

static __always_inline int end(const struct sock *sk, __u64 key, int before, bool second)
{
	struct session *found = bpf_map_lookup_elem(&sessions, &key), session = {};
	struct life_event event = {.time = bpf_ktime_get_ns()};
	const struct inet_sock *inet = (const void *)sk;

	if (found)
		session = *found;
	if (second) {
		bpf_map_delete_elem(&sessions, &key);
		if (session.ended)
			return 0;
	} else {
		struct session ended = {.ended = true};

		if (session.ended)
			session = (struct session){};
		keep(key, &ended);
	}
	if (session.knows_who ? !session.wanted : filter_any)
		return 0;
	read_connection(&event.connection, sk);
	// skc_num may have been given up already.
	event.connection.lport = bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
	if (!connection_wanted(&event.connection))
		return 0;
	read_bytes(&event, sk, before, session.connects);
	event.who = session.who;
	if (!session.knows_who)
		event.who.cgroup = socket_cgroup_id(sk);
	event.knows_who = session.knows_who;
	event.knows_begin = session.since;
	event.duration = session.since ? event.time - session.since : 0;
	event.error = BPF_CORE_READ(sk, sk_err);
	send(&event, sizeof(event));
	return 0;
}

static __noinline int see_state(const struct sock *sk, int before, int state, bool second)
{
	__u64 key = (__u64)sk;

	// An MPTCP socket has states of its own beside those of its connections.
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || before == state)
		return 0;
	switch (state) {
	case TCP_STATE_SYN_SENT:
		return begin_connect(key);
	case TCP_STATE_ESTABLISHED:
		return establish(key, before, second);
	case TCP_STATE_FIN_WAIT1:
	case TCP_STATE_LAST_ACK:
		return own(key);
	case TCP_STATE_CLOSE:
		if (before != TCP_STATE_SYN_SENT && before != TCP_STATE_SYN_RECV &&
		    before != TCP_STATE_LISTEN)
			return end(sk, key, before, second);
	}
	// A connect that failed, or another socket by now.
	if (state == TCP_STATE_CLOSE || before == TCP_STATE_LISTEN)
		bpf_map_delete_elem(&sessions, &key);
	return 0;
}

// Where a softirq cuts in on one of these while it runs for somebody else, the kernel skips it for
// the socket of the softirq (6.1 and others). So there are two of each: at most one is skipped, and
// the other then does it.

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_tp_btf, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state, false);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(twin_tp_btf, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state, true);
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(state_raw_tp, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state, false);
}

SEC("raw_tp/inet_sock_set_state")
int BPF_PROG(twin_raw_tp, const struct sock *sk, int before, int state)
{
	return see_state(sk, before, state, true);
}

// All states of a session but SYN_RECV of a new socket come from here, and preemption makes the
// kernel skip no kprobe. A softirq may, which cuts in on another kprobe; the tracepoint, which
// comes after it, is its twin.
SEC("kprobe/tcp_set_state")
int BPF_KPROBE(state_kprobe, struct sock *sk, int state)
{
	return see_state(sk, tcp_state(sk), state, false);
}

// Who accepts: for sessions that nobody closes, such as those that are reset.

static __always_inline int accept(const struct sock *sk)
{
	if (!is_tcp_over_ip(sk) || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP ||
	    tcp_state(sk) == TCP_STATE_CLOSE)
		return 0;
	return own((__u64)sk);
}

SEC("fentry/security_sock_graft")
int BPF_PROG(accept_fentry, struct sock *sk)
{
	return accept(sk);
}

SEC("kprobe/security_sock_graft")
int BPF_KPROBE(accept_kprobe, struct sock *sk)
{
	return accept(sk);
}
