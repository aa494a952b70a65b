// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each listen(2) on a TCP socket: where, with which backlog, and which limit that makes.
//
// listen(2) cuts the backlog to net.core.somaxconn before inet_listen() sees it, so what was asked
// for is noted at __sys_listen().
#include "connection.bpf.h"
#include "filter.bpf.h"
#include "follow.bpf.h"
#include "listener_filter.bpf.h"
#include "pending.bpf.h"
#include "who.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct listen_event {
	ktime_ns time;
	struct who who;
	/** As listen(2) was asked, a negative one too, where `knows_backlog`. */
	__s32 backlog;
	/** What the accept queue is meant to hold. */
	__u32 limit;
	/** 0, or -errno. */
	__s32 ret;
	__u32 netns;
	__u16 lport;
	enum listener_family family;
	bool knows_backlog;
	__u8 address[16];
	__u8 _end[4];
};

EVENT_TYPE(events, struct listen_event);

/** What a thread asked listen(2) for. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, __s32);
} asked SEC(".maps");

struct listening {
	struct sock *sk;
	__s32 backlog;
	__u32 _pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, pid32);
	__type(value, struct listening);
} pending SEC(".maps");

static __always_inline int ask(int backlog)
{
	pid32 tid = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&asked, &tid, &backlog, BPF_ANY);
	return 0;
}

/** What listen(2) was asked for: as noted, if that is what led to `backlog` (the kernel listens by
 * itself too); or `backlog` itself where it was not cut. */
static __always_inline void read_backlog(struct listen_event *event, const struct sock *sk,
                                         int backlog)
{
	pid32 tid = bpf_get_current_pid_tgid();
	__s32 *found = bpf_map_lookup_elem(&asked, &tid), most = listener_somaxconn(sk);

	event->backlog = backlog;
	event->knows_backlog = (__u32)backlog < (__u32)most;
	if (!found)
		return;
	if (backlog == ((__u32)*found > (__u32)most ? most : *found)) {
		event->backlog = *found;
		event->knows_backlog = true;
	}
	bpf_map_delete_elem(&asked, &tid);
}

static __always_inline bool wanted(const struct sock *sk)
{
	return is_tcp_over_ip(sk) && current_wanted() && listener_wanted(sk);
}

static __always_inline int report(struct sock *sk, int backlog, int ret)
{
	struct listen_event event = {
	        .time = bpf_ktime_get_ns(),
	        .limit = accept_limit(sk),
	        .ret = ret,
	        .netns = listener_netns(sk),
	        .lport = listener_port(sk),
	        .family = listener_family(sk),
	};

	read_backlog(&event, sk, backlog);
	read_listener_address(event.address, sk);
	read_who(&event.who);
	send(&event, sizeof(event));
	return 0;
}

static __always_inline int begin_listen(struct sock *sk, int backlog)
{
	struct listening listening = {.sk = sk, .backlog = backlog};

	// A socket without a port gets one meanwhile.
	if (is_tcp_over_ip(sk) && current_wanted())
		keep_pending(&pending, &listening);
	return 0;
}

static __always_inline int end_listen(int ret)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct listening *found = bpf_map_lookup_elem(&pending, &tid), listening;

	if (!found)
		return 0;
	listening = *found;
	bpf_map_delete_elem(&pending, &tid);
	return wanted(listening.sk) ? report(listening.sk, listening.backlog, ret) : 0;
}

// fexit.

SEC("fentry/__sys_listen")
int BPF_PROG(ask_fentry, int fd, int backlog)
{
	return ask(backlog);
}

// Since 6.6 (71a9a874cd6b, for MPTCP) the part of inet_listen() that every TCP listener comes
// through.
SEC("fexit/__inet_listen_sk")
int BPF_PROG(listen_fexit, struct sock *sk, int backlog, int ret)
{
	return wanted(sk) ? report(sk, backlog, ret) : 0;
}

SEC("fexit/inet_listen")
int BPF_PROG(socket_fexit, struct socket *socket, int backlog, int ret)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);

	return wanted(sk) ? report(sk, backlog, ret) : 0;
}

// kprobe and kretprobe.

SEC("kprobe/__sys_listen")
int BPF_KPROBE(ask_kprobe, int fd, int backlog)
{
	return ask(backlog);
}

SEC("kretprobe/__inet_listen_sk")
int BPF_KRETPROBE(listen_kretprobe, int ret)
{
	return end_listen(ret);
}

SEC("kprobe/__inet_listen_sk")
int BPF_KPROBE(listen_kprobe, struct sock *sk, int backlog)
{
	return begin_listen(sk, backlog);
}

SEC("kretprobe/inet_listen")
int BPF_KRETPROBE(socket_kretprobe, int ret)
{
	return end_listen(ret);
}

SEC("kprobe/inet_listen")
int BPF_KPROBE(socket_kprobe, struct socket *socket, int backlog)
{
	return begin_listen(BPF_CORE_READ(socket, sk), backlog);
}
