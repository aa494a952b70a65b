// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How long accept queues are when handshakes end, by limit or by listener, and what listeners drop.
#include "drops.bpf.h"
#define HIST_POWERS 24
#include "hist.bpf.h"
#include "tcpsynbl/row.bpf.h"
#include "listener_filter.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct limit_key {
	__u32 limit;
};

HISTOGRAMS(limits, struct limit_key, 1024);
HISTOGRAMS(queues, struct listener_key, LISTENERS);

// By limit: one program a handshake.

static __always_inline int count_handshake(struct sock *sk, bool typed)
{
	struct queue_and_limit accept = accept_queue_and_limit(sk, typed);
	struct limit_key key = {accept.limit};

	if (listener_wanted(sk))
		record_value(&limits, &limits_extremes, &key, accept.queue, accept.queue);
	return 0;
}

SEC("fentry/tcp_v4_syn_recv_sock")
int BPF_PROG(seen4_fentry, struct sock *sk)
{
	return count_handshake(sk, true);
}

SEC("kprobe/tcp_v4_syn_recv_sock")
int BPF_KPROBE(seen4_kprobe, struct sock *sk)
{
	return count_handshake(sk, false);
}

SEC("fentry/tcp_v6_syn_recv_sock")
int BPF_PROG(seen6_fentry, struct sock *sk, struct sk_buff *skb)
{
	return is_ipv4(skb) ? 0 : count_handshake(sk, true);
}

SEC("kprobe/tcp_v6_syn_recv_sock")
int BPF_KPROBE(seen6_kprobe, struct sock *sk, struct sk_buff *skb)
{
	return is_ipv4(skb) ? 0 : count_handshake(sk, false);
}

// By listener.

static __always_inline void looking(struct look *look)
{
	look->noted = socket_drops(look->sk);
}

static __always_inline void count_ack(struct listener_row *row, const struct listener_key *key,
                                      const struct look *look)
{
	__sync_fetch_and_add(&row->seen, 1);
	if (found_full(look))
		__sync_fetch_and_add(&row->overflows_at_ack, 1);
	record_value(&queues, &queues_extremes, key, look->queue, look->queue);
}

/** Whether the SYN queue was full for this SYN, or cookies are sent in any case. */
static __always_inline bool meets_full_syn_queue(const struct look *look)
{
	return (look->syn_queue_full || syn_cookies(look->sk) == 2) && !is_reuse(look->skb);
}

static __always_inline void count_syn(struct listener_row *row, const struct look *look)
{
	bool full = found_full(look);
	// Past the accept queue the kernel has said what it found at the SYN queue. If it ended
	// before either, there it was.
	bool syn_full = look->passed ? look->cookie : full ? meets_full_syn_queue(look) : true;

	if (full)
		__sync_fetch_and_add(&row->overflows_at_syn, 1);
	if (syn_full)
		__sync_fetch_and_add(&row->syn_queue_full, 1);
	if (look->cookie && look->kept)
		__sync_fetch_and_add(&row->cookies, 1);
}

static __always_inline void looked(const struct look *look, enum overflow_where where)
{
	struct listener_key key;
	struct listener_row *row;

	if (!listener_wanted(look->sk))
		return;
	// A SYN that is answered changes nothing but what cookies were sent.
	if (where == OVERFLOW_AT_SYN && look->kept && !look->cookie)
		return;
	key = listener_key(look->sk);
	row = row_of(&key, look->sk, look->noted);
	if (!row)
		return;
	if (where == OVERFLOW_AT_ACK)
		count_ack(row, &key, look);
	else
		count_syn(row, look);
	if (!look->kept)
		__sync_fetch_and_add(&row->drops, 1);
}

static __always_inline void dropped(struct sock *sk)
{
	struct listener_key key = listener_key(sk);
	struct listener_row *row;

	if (!listener_wanted(sk))
		return;
	row = row_of(&key, sk, socket_drops(sk));
	if (row)
		__sync_fetch_and_add(&row->drops, 1);
}

// listen(2), and its end.

static __always_inline int see_listen(int fd, int backlog)
{
	struct sock *sk = sock_of(fd);
	struct listener_key key = listener_key(sk);
	struct asked asked = asked_now(sk, backlog);
	struct listener_row *row = bpf_map_lookup_elem(&listeners, &key);

	if (!sk)
		return 0;
	bpf_map_update_elem(&asked_for, &key, &asked, BPF_ANY);
	if (row) {
		note_asked(row, &asked);
		row->closed = false;
	}
	return 0;
}

static __always_inline int see_stop(struct sock *sk)
{
	struct listener_key key = listener_key(sk);
	struct listener_row *row = bpf_map_lookup_elem(&listeners, &key);

	bpf_map_delete_elem(&asked_for, &key);
	if (row) {
		refresh_row(row, sk);
		if (!row->opener) {
			row->opener = bpf_get_current_pid_tgid() >> 32;
			bpf_get_current_comm(row->opener_comm, sizeof(row->opener_comm));
		}
		row->closed = true;
	}
	return 0;
}

SEC("fentry/__sys_listen")
int BPF_PROG(listen_fentry, int fd, int backlog)
{
	return see_listen(fd, backlog);
}

SEC("kprobe/__sys_listen")
int BPF_KPROBE(listen_kprobe, int fd, int backlog)
{
	return see_listen(fd, backlog);
}

SEC("fentry/inet_csk_listen_stop")
int BPF_PROG(stop_fentry, struct sock *sk)
{
	return see_stop(sk);
}

SEC("kprobe/inet_csk_listen_stop")
int BPF_KPROBE(stop_kprobe, struct sock *sk)
{
	return see_stop(sk);
}

// /proc/net/tcp and tcp6: when somebody reads them, such as user space before a report, the kernel
// goes from listener to listener, and the rows are brought up to date.

static __always_inline int see_shown(const struct sock *sk)
{
	struct listener_key key;
	struct listener_row *row;

	// The first line is a heading.
	if ((unsigned long)sk <= SEQ_START_TOKEN ||
	    BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_LISTEN)
		return 0;
	key = listener_key(sk);
	row = bpf_map_lookup_elem(&listeners, &key);
	if (row)
		refresh_row(row, sk);
	return 0;
}

SEC("fentry/tcp4_seq_show")
int BPF_PROG(shown4_fentry, void *file, const struct sock *sk)
{
	return see_shown(sk);
}

SEC("kprobe/tcp4_seq_show")
int BPF_KPROBE(shown4_kprobe, void *file, const struct sock *sk)
{
	return see_shown(sk);
}

SEC("fentry/tcp6_seq_show")
int BPF_PROG(shown6_fentry, void *file, const struct sock *sk)
{
	return see_shown(sk);
}

SEC("kprobe/tcp6_seq_show")
int BPF_KPROBE(shown6_kprobe, void *file, const struct sock *sk)
{
	return see_shown(sk);
}
