// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each TCP connection that is begun here: where to, and whether a SYN could be sent.
#include "connection.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "pending.bpf.h"
#include "who.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct connect_event {
	ktime_ns time;
	struct who who;
	struct connection connection;
	/** 0: the SYN is on its way, or -errno. */
	__s32 ret;
};

EVENT_TYPE(events, struct connect_event);

/** Those that fail at once too. */
const volatile bool want_failed = false;

/** The address as it was asked for: where no SYN was sent the socket has none. */
struct attempt {
	struct sock *sk;
	struct connection to;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, struct attempt);
} pending SEC(".maps");

/** tcp_v6_connect() hands an IPv6 socket with an IPv4 address on to tcp_v4_connect(): each program
 * looks at sockets of its own family alone, and sees such a one once. */
static __always_inline bool belongs(const struct sock *sk, __u16 family)
{
	return BPF_CORE_READ(sk, __sk_common.skc_family) == family && current_wanted();
}

static __always_inline void read_target(struct connection *to, const void *address, __u16 family)
{
	const struct sockaddr_in *v4 = address;
	const struct sockaddr_in6 *v6 = address;

	if (family == AF_INET) {
		to->rport = bpf_ntohs(BPF_CORE_READ(v4, sin_port));
		bpf_core_read(to->raddr, 4, &v4->sin_addr);
		return;
	}
	to->rport = bpf_ntohs(BPF_CORE_READ(v6, sin6_port));
	to->family = IP_FAMILY_IPV6;
	bpf_core_read(to->raddr, 16, &v6->sin6_addr);
	if (!is_mapped(to->raddr))
		return;
	to->family = IP_FAMILY_IPV4;
	__builtin_memcpy(to->raddr, to->raddr + 12, 4);
	__builtin_memset(to->raddr + 4, 0, 12);
}

static __always_inline int report(const struct sock *sk, const struct connection *to, int ret)
{
	struct connect_event event = {.time = bpf_ktime_get_ns(), .ret = ret};

	if (ret && !want_failed)
		return 0;
	read_connection(&event.connection, sk);
	if (ret) {
		event.connection.rport = to->rport;
		event.connection.family = to->family;
		__builtin_memcpy(event.connection.raddr, to->raddr, sizeof(to->raddr));
	}
	if (!connection_wanted(&event.connection))
		return 0;
	read_who(&event.who);
	send(&event, sizeof(event));
	return 0;
}

// fexit.

static __always_inline int ended(struct sock *sk, const void *address, __u16 family, int ret)
{
	struct connection to = {};

	if (!belongs(sk, family))
		return 0;
	read_target(&to, address, family);
	return report(sk, &to, ret);
}

SEC("fexit/tcp_v4_connect")
int BPF_PROG(connect4_fexit, struct sock *sk, void *address, int size, int ret)
{
	return ended(sk, address, AF_INET, ret);
}

SEC("fexit/tcp_v6_connect")
int BPF_PROG(connect6_fexit, struct sock *sk, void *address, int size, int ret)
{
	return ended(sk, address, AF_INET6, ret);
}

// kprobe and kretprobe.

static __always_inline int begun(struct sock *sk, const void *address, __u16 family)
{
	struct attempt attempt = {.sk = sk};

	if (!belongs(sk, family))
		return 0;
	read_target(&attempt.to, address, family);
	keep_pending(&pending, &attempt);
	return 0;
}

static __always_inline int report_pending(int ret, __u16 family)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct attempt *found = bpf_map_lookup_elem(&pending, &tid), attempt;
	struct sock *sk;

	if (!found)
		return 0;
	attempt = *found;
	sk = attempt.sk;
	// The inner one of two that an IPv6 socket with an IPv4 address comes through.
	if (BPF_CORE_READ(sk, __sk_common.skc_family) != family)
		return 0;
	bpf_map_delete_elem(&pending, &tid);
	return report(sk, &attempt.to, ret);
}

SEC("kretprobe/tcp_v4_connect")
int BPF_KRETPROBE(connect4_kretprobe, int ret)
{
	return report_pending(ret, AF_INET);
}

SEC("kprobe/tcp_v4_connect")
int BPF_KPROBE(connect4_kprobe, struct sock *sk, void *address)
{
	return begun(sk, address, AF_INET);
}

SEC("kretprobe/tcp_v6_connect")
int BPF_KRETPROBE(connect6_kretprobe, int ret)
{
	return report_pending(ret, AF_INET6);
}

SEC("kprobe/tcp_v6_connect")
int BPF_KPROBE(connect6_kprobe, struct sock *sk, void *address)
{
	return begun(sk, address, AF_INET6);
}
