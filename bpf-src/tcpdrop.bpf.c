// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// TCP packets that the kernel throws away: which, why, and where.
//
// What kfree_skb() and its kin free was dropped, what consume_skb() frees was not; since 5.17 the
// kernel says why (c504e5c2f964). Two kinds are freed in the same way and are no drops: what ends
// at a connection in TIME_WAIT, once it is answered, and the FIN that a closed socket still has in
// its queue.
#include "cgroup.bpf.h"
#include "connection.bpf.h"
#include "events.bpf.h"
#include "listener.bpf.h"
#include "tcp_state.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FRAMES 24
#define STACK_BYTES (8 * FRAMES)

struct drop_event {
	ktime_ns time;
	/** Of the socket, where it is known. */
	count64 inode;
	cgroup_id cgroup;
	/** An address in the function that dropped it. */
	__u64 location;
	__u32 netns;
	__u32 reason;
	__u32 seq;
	/** Without headers. */
	__u32 bytes;
	__u16 sport;
	__u16 dport;
	__u8 saddr[16];
	__u8 daddr[16];
	enum ip_family family;
	enum tcp_state state;
	/** As in the TCP header: FIN is the lowest bit. */
	__u8 flags;
	bool knows_reason;
	__u32 frames;
	/** Addresses of 8 bytes. */
	__u8 stack[STACK_BYTES];
};

EVENT_TYPE(events, struct drop_event);

const volatile bool want_stack = false;

/** What arrived at a connection in TIME_WAIT, on this CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} timewait SEC(".maps");

#define TCP_FIN 1
#define TCP_SYN 2

/** The beginning of a TCP header. */
struct tcp_start {
	__be16 source, dest;
	__be32 seq, ack;
	__u8 offset, flags;
};

#define IPV4_BYTES 20
#define IPV6_BYTES 40

/** How many bytes lie before the TCP header, -1 where there is none, and the addresses; `*rest`:
 * how many bytes follow. */
static __always_inline int read_ip(struct drop_event *event, const unsigned char *at,
                                   __be16 protocol, int *rest)
{
	__u8 ip[IPV6_BYTES] = {};
	int header;

	if (protocol == bpf_htons(ETH_P_IP)) {
		bpf_probe_read_kernel(ip, IPV4_BYTES, at);
		header = 4 * (ip[0] & 15);
		// Of fragments only the first has it.
		if (ip[0] >> 4 != 4 || ip[9] != IPPROTO_TCP || ip[6] & 0x1f || ip[7])
			return -1;
		*rest = (ip[2] << 8 | ip[3]) - header;
		__builtin_memcpy(event->saddr, ip + 12, 4);
		__builtin_memcpy(event->daddr, ip + 16, 4);
		event->family = IP_FAMILY_IPV4;
		return header;
	}
	if (protocol != bpf_htons(ETH_P_IPV6))
		return -1;
	bpf_probe_read_kernel(ip, IPV6_BYTES, at);
	if (ip[0] >> 4 != 6 || ip[6] != IPPROTO_TCP)
		return -1;
	*rest = ip[4] << 8 | ip[5];
	__builtin_memcpy(event->saddr, ip + 8, 16);
	__builtin_memcpy(event->daddr, ip + 24, 16);
	event->family = IP_FAMILY_IPV6;
	return IPV6_BYTES;
}

static __always_inline bool read_packet(struct drop_event *event, const struct sk_buff *skb)
{
	const unsigned char *at = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	struct tcp_start tcp = {};
	int rest = 0, header = read_ip(event, at, BPF_CORE_READ(skb, protocol), &rest);

	if (header < 0 || (event->family == IP_FAMILY_IPV6 ? skip_ipv6 : skip_ipv4))
		return false;
	bpf_probe_read_kernel(&tcp, sizeof(tcp), at + header);
	rest -= 4 * (tcp.offset >> 4);
	event->bytes = rest > 0 ? rest : 0;
	event->sport = bpf_ntohs(tcp.source);
	event->dport = bpf_ntohs(tcp.dest);
	event->seq = bpf_ntohl(tcp.seq);
	event->flags = tcp.flags;
	return true;
}

/** By what the packet came through, where its socket is not known. */
static __always_inline __u32 netns_of_packet(const struct sk_buff *skb)
{
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	struct dst_entry *dst = (void *)(BPF_CORE_READ(skb, _skb_refdst) & ~SKB_DST_NOREF);

	// In TCP's own queues something else lies in its place.
	if (!dev || BPF_CORE_READ(dev, ifindex) != BPF_CORE_READ(skb, skb_iif))
		dev = dst ? BPF_CORE_READ(dst, dev) : NULL;
	return dev ? BPF_CORE_READ(dev, nd_net.net, ns.inum) : 0;
}

static __always_inline void read_socket(struct drop_event *event, const struct sock *sk)
{
	event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	event->state = tcp_state(sk);
	// These two are less than a socket.
	if (event->state == TCP_STATE_TIME_WAIT || event->state == TCP_STATE_NEW_SYN_RECV)
		return;
	event->inode = socket_inode(sk);
	event->cgroup = socket_cgroup_id(sk);
}

/** Whether it was answered, or told nothing new, where only TIME_WAIT was left. */
static __always_inline bool ended_in_timewait(const struct drop_event *event, __u64 skb)
{
	__u32 zero = 0;
	__u64 *last = bpf_map_lookup_elem(&timewait, &zero);

	if (!last || *last != skb)
		return false;
	*last = 0;
	return !(event->flags & TCP_SYN) && (!event->bytes || event->flags & TCP_FIN);
}

/** Whether it was freed with the queue of its socket, to which it had told all that it tells. */
static __always_inline bool ended_with_socket(const struct drop_event *event)
{
	return event->state == TCP_STATE_CLOSE && !event->bytes && event->flags & TCP_FIN;
}

#define IS_REASON(name, reason)                                                                    \
	(bpf_core_enum_value_exists(enum skb_drop_reason, SKB_DROP_REASON_##name) &&               \
	 (reason) == (int)bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_##name))

/** Whether the kernel says why it was dropped. */
static __always_inline bool has_reason(int reason)
{
	return reason >= 0 && !IS_REASON(NOT_SPECIFIED, reason) && !IS_REASON(QUEUE_PURGE, reason);
}

static __always_inline int drop(void *ctx, const struct sk_buff *skb, __u64 location, int reason,
                                const struct sock *sk)
{
	struct drop_event event = {.location = location};
	long size;

	if (!read_packet(&event, skb))
		return 0;
	if (ended_in_timewait(&event, (__u64)skb) && !has_reason(reason))
		return 0;
	event.time = bpf_ktime_get_ns();
	event.reason = reason;
	event.knows_reason = reason >= 0;
	if (!sk)
		sk = BPF_CORE_READ(skb, sk);
	if (sk)
		read_socket(&event, sk);
	else
		event.netns = netns_of_packet(skb);
	if (ended_with_socket(&event) && !has_reason(reason))
		return 0;
	if (want_stack) {
		size = bpf_get_stack(ctx, event.stack, STACK_BYTES, 0);
		event.frames = size > 0 ? (__u64)size / 8 : 0;
	}
	send(&event, sizeof(event));
	return 0;
}

// What the tracepoint hands over: CO-RE compares it. The socket that was to receive it since 6.11
// (c53795d48ee8).
typedef void (*btf_trace_kfree_skb___reason)(void *, struct sk_buff *, void *,
                                             enum skb_drop_reason);
typedef void (*btf_trace_kfree_skb___socket)(void *, struct sk_buff *, void *, enum skb_drop_reason,
                                             struct sock *);

static __always_inline int drop_by(__u64 *ctx)
{
	if (bpf_core_type_exists(btf_trace_kfree_skb___socket))
		return drop(ctx, (void *)ctx[0], ctx[1], (__u32)ctx[2], (void *)ctx[3]);
	if (bpf_core_type_exists(btf_trace_kfree_skb___reason))
		return drop(ctx, (void *)ctx[0], ctx[1], (__u32)ctx[2], NULL);
	return drop(ctx, (void *)ctx[0], ctx[1], -1, NULL);
}

SEC("tp_btf/kfree_skb")
int drop_tp_btf(__u64 *ctx)
{
	return drop_by(ctx);
}

SEC("raw_tp/kfree_skb")
int drop_raw_tp(__u64 *ctx)
{
	return drop_by(ctx);
}

// Which packets come to a connection in TIME_WAIT.

static __always_inline int meet_timewait(const struct sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *last = bpf_map_lookup_elem(&timewait, &zero);

	if (last)
		*last = (__u64)skb;
	return 0;
}

SEC("fentry/tcp_timewait_state_process")
int BPF_PROG(timewait_fentry, void *tw, const struct sk_buff *skb)
{
	return meet_timewait(skb);
}

SEC("kprobe/tcp_timewait_state_process")
int BPF_KPROBE(timewait_kprobe, void *tw, const struct sk_buff *skb)
{
	return meet_timewait(skb);
}
