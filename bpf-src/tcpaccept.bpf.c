// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each TCP connection that is accepted, with what its listener's queue then still holds.
//
// accept(2) may have begun long before tracing did: a server waits in it. So what is hooked is not
// its function, of which one that is under way is not seen to end, but what it calls once it has a
// connection: security_sock_graft(), in the thread that accepts. That knows no listener;
// inet_csk_accept() is seen to begin for that.
#include "connection.bpf.h"
#include "events.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "listener.bpf.h"
#include "who.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct accept_event {
	ktime_ns time;
	struct who who;
	struct connection connection;
	/** Of the listener, this connection taken off already. */
	__u32 queue;
	__u32 limit;
	bool knows_queue;
	__u8 _end[3];
};

EVENT_TYPE(events, struct accept_event);

/** What each thread accepts from, or last did. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, __u64);
} accepting SEC(".maps");

static __always_inline int begin_accept(struct sock *sk)
{
	pid32 tid = bpf_get_current_pid_tgid();
	__u64 listener = (__u64)sk;

	bpf_map_update_elem(&accepting, &tid, &listener, BPF_ANY);
	return 0;
}

/** Whether `listener` can be what the connection came from: the thread may have been in accept(2)
 * for another one when tracing began. */
static __always_inline bool listens_for(const struct sock *listener, const struct connection *it)
{
	return BPF_CORE_READ(listener, __sk_common.skc_state) == TCP_LISTEN &&
	       listener_port(listener) == it->lport && listener_netns(listener) == it->netns;
}

static __always_inline int end_accept(struct sock *sk)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct accept_event event = {.time = bpf_ktime_get_ns()};
	__u64 *known;

	if (!is_tcp_over_ip(sk) || !current_wanted())
		return 0;
	read_connection(&event.connection, sk);
	if (!connection_wanted(&event.connection))
		return 0;
	known = bpf_map_lookup_elem(&accepting, &tid);
	if (known && listens_for((void *)*known, &event.connection)) {
		event.knows_queue = true;
		event.queue = accept_queue((void *)*known);
		event.limit = accept_limit((void *)*known);
	}
	read_who(&event.who);
	send(&event, sizeof(event));
	return 0;
}

// fentry.

SEC("fentry/inet_csk_accept")
int BPF_PROG(begin_fentry, struct sock *sk)
{
	return begin_accept(sk);
}

SEC("fentry/security_sock_graft")
int BPF_PROG(graft_fentry, struct sock *sk)
{
	return end_accept(sk);
}

// kprobe.

SEC("kprobe/inet_csk_accept")
int BPF_KPROBE(begin_kprobe, struct sock *sk)
{
	return begin_accept(sk);
}

SEC("kprobe/security_sock_graft")
int BPF_KPROBE(graft_kprobe, struct sock *sk)
{
	return end_accept(sk);
}
