// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Each time TCP sends something again: as many segments as the kernel counts as RetransSegs.
//
// The kernel adds to RetransSegs and to the socket's total_retrans in one place, within
// __tcp_retransmit_skb(), which some kernels inline in part; attempts that end before it are not
// counted, those that the network refuses after it are. By how far total_retrans grew in one of the
// functions that lead there says it exactly. SYN-ACKs of a handshake under way have no such socket:
// they are counted beside a tracepoint of their own. (Read in 5.10, 6.1, 6.12 and 7.2.)
#include "cgroup.bpf.h"
#include "connection.bpf.h"
#include "events.bpf.h"
#include "listener.bpf.h"
#include "tcp_state.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum retransmit_kind {
	RETRANSMIT_SEGMENT,
	/** A tail loss probe. */
	RETRANSMIT_PROBE,
	RETRANSMIT_SYNACK,
} __attribute__((packed));

struct retransmit_event {
	ktime_ns time;
	/** Of the socket, of a handshake the listener. */
	count64 inode;
	cgroup_id cgroup;
	struct connection connection;
	__u32 segs;
	/** Of the first byte, where `knows_seq`. */
	__u32 seq;
	/** 0, or -errno: the segments could not be sent and are counted all the same. */
	__s32 ret;
	enum tcp_state state;
	enum retransmit_kind kind;
	bool knows_seq;
	__u8 _end;
};

EVENT_TYPE(events, struct retransmit_event);

/** Tail loss probes that send something new too. */
const volatile bool want_probes = false;

/** A call under way. */
struct attempt {
	struct sock *sk;
	__u32 before;
	__u32 seq;
	/** When it began: it may end the connection. */
	enum tcp_state state;
	__u8 _pad[7];
};

// By socket, whose lock whoever is in here holds; or, since a kretprobe knows no arguments, by
// where the stack was: calls for other sockets lie within each other when packets go over the
// loopback.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct attempt);
} attempts SEC(".maps");

static __always_inline __u32 total_retrans(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;

	return BPF_CORE_READ(tcp, total_retrans);
}

static __always_inline int begin(__u64 key, struct sock *sk, const struct sk_buff *skb)
{
	struct attempt attempt = {.sk = sk, .before = total_retrans(sk), .state = tcp_state(sk)};

	if (skb) {
		const struct tcp_skb_cb *cb = (const void *)skb->cb;

		attempt.seq = BPF_CORE_READ(cb, seq);
	}
	// One that is still there was not seen to end.
	if (bpf_map_update_elem(&attempts, &key, &attempt, BPF_NOEXIST)) {
		count_lost();
		bpf_map_update_elem(&attempts, &key, &attempt, BPF_ANY);
	}
	return 0;
}

/** `ends`: what has the two addresses. */
static __always_inline int report(struct retransmit_event *event, const struct sock *ends,
                                  const struct sock *owner)
{
	read_connection(&event->connection, ends);
	if (!connection_wanted(&event->connection))
		return 0;
	event->time = bpf_ktime_get_ns();
	event->inode = socket_inode(owner);
	event->cgroup = socket_cgroup_id(owner);
	send(event, sizeof(*event));
	return 0;
}

static __always_inline int end(__u64 key, enum retransmit_kind kind, int ret)
{
	struct attempt *found = bpf_map_lookup_elem(&attempts, &key), attempt;
	struct retransmit_event event = {.kind = kind, .ret = ret};

	if (!found)
		return 0;
	attempt = *found;
	bpf_map_delete_elem(&attempts, &key);
	event.segs = total_retrans(attempt.sk) - attempt.before;
	event.seq = attempt.seq;
	event.knows_seq = kind == RETRANSMIT_SEGMENT;
	event.state = attempt.state;
	if (!event.segs && !(want_probes && kind == RETRANSMIT_PROBE))
		return 0;
	return report(&event, attempt.sk, attempt.sk);
}

static __always_inline int synack(const struct sock *listener, const struct sock *request)
{
	struct retransmit_event event = {
	        .kind = RETRANSMIT_SYNACK,
	        .segs = 1,
	        .state = TCP_STATE_NEW_SYN_RECV,
	};

	return report(&event, request, listener);
}

// fentry and fexit. Tail loss probes go past tcp_retransmit_skb().

SEC("fexit/tcp_retransmit_skb")
int BPF_PROG(again_fexit, struct sock *sk, struct sk_buff *skb, int segs, int ret)
{
	return end((__u64)sk, RETRANSMIT_SEGMENT, ret);
}

SEC("fentry/tcp_retransmit_skb")
int BPF_PROG(again_fentry, struct sock *sk, struct sk_buff *skb)
{
	return begin((__u64)sk, sk, skb);
}

SEC("fexit/tcp_send_loss_probe")
int BPF_PROG(probe_fexit, struct sock *sk)
{
	return end((__u64)sk, RETRANSMIT_PROBE, 0);
}

SEC("fentry/tcp_send_loss_probe")
int BPF_PROG(probe_fentry, struct sock *sk)
{
	return begin((__u64)sk, sk, NULL);
}

// kprobe and kretprobe.

/** Where the stack is when the function has returned: x86 then has taken off the address to return
 * to. */
static __always_inline __u64 stack_after(struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_arm64)
	return PT_REGS_SP(ctx);
#else
	return PT_REGS_SP(ctx) + 8;
#endif
}

SEC("kretprobe/tcp_retransmit_skb")
int BPF_KRETPROBE(again_kretprobe, int ret)
{
	return end(PT_REGS_SP(ctx), RETRANSMIT_SEGMENT, ret);
}

SEC("kprobe/tcp_retransmit_skb")
int BPF_KPROBE(again_kprobe, struct sock *sk, struct sk_buff *skb)
{
	return begin(stack_after(ctx), sk, skb);
}

SEC("kretprobe/tcp_send_loss_probe")
int BPF_KRETPROBE(probe_kretprobe)
{
	return end(PT_REGS_SP(ctx), RETRANSMIT_PROBE, 0);
}

SEC("kprobe/tcp_send_loss_probe")
int BPF_KPROBE(probe_kprobe, struct sock *sk)
{
	return begin(stack_after(ctx), sk, NULL);
}

// SYN-ACKs.

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(synack_tp_btf, const struct sock *sk, const struct sock *request)
{
	return synack(sk, request);
}

SEC("raw_tp/tcp_retransmit_synack")
int BPF_PROG(synack_raw_tp, const struct sock *sk, const struct sock *request)
{
	return synack(sk, request);
}
