/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// A row for each listener.
#pragma once

#include "cgroup.bpf.h"
#include "listener.bpf.h"
#include "lost.bpf.h"
#include "asked.bpf.h"
#include "listener_filter.bpf.h"

#define LISTENERS 4096

struct listener_row {
	/** Final ACKs of handshakes, those that come again included. */
	counter64 seen;
	counter64 overflows_at_ack;
	counter64 overflows_at_syn;
	counter64 drops;
	/** By how much the socket's own count, sk_drops, has grown. */
	counter64 socket_drops;
	/** SYNs that found the SYN queue full. */
	counter64 syn_queue_full;
	/** SYNs answered with a SYN cookie. */
	counter64 cookies;
	/** The socket's: whoever runs has nothing to do with it. */
	cgroup_id cgroup;
	__u32 _drops_before;
	__u32 netns;
	__u32 queue;
	__u32 limit;
	__s32 somaxconn;
	__s32 asked;
	__u32 _asked_limit;
	__u16 lport;
	enum listener_family family;
	/** Whether `asked` is known: listen(2) was seen, and the limit is what it made of it. */
	bool knows_asked;
	bool closed;
	/** Who called listen(2) or closed the socket, 0 if neither was seen: for when nobody has it
	 * open. */
	pid32 opener;
	comm_t opener_comm;
	__u8 address[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LISTENERS);
	__type(key, struct listener_key);
	__type(value, struct listener_row);
} listeners SEC(".maps");

static __always_inline __u32 socket_drops(const struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_drops.counter);
}

static __always_inline void note_asked(struct listener_row *row, const struct asked *asked)
{
	row->asked = asked->backlog;
	row->_asked_limit = asked->limit;
	row->opener = asked->pid;
	__builtin_memcpy(row->opener_comm, asked->comm, sizeof(row->opener_comm));
}

/** Brings the row up to date with the socket. */
static __always_inline void refresh_row(struct listener_row *row, const struct sock *sk)
{
	__u32 grown = socket_drops(sk) - row->_drops_before;

	row->queue = accept_queue(sk);
	row->limit = accept_limit(sk);
	row->somaxconn = listener_somaxconn(sk);
	row->knows_asked = row->_asked_limit == row->limit;
	// Another CPU may have stored a later one.
	if (grown > row->socket_drops)
		row->socket_drops = grown;
}

static __always_inline void add_row(const struct listener_key *key, const struct sock *sk,
                                    __u32 drops_before)
{
	struct listener_row row = {._drops_before = drops_before, ._asked_limit = UNKNOWN_LIMIT};
	struct asked *asked = bpf_map_lookup_elem(&asked_for, key);

	if (asked)
		note_asked(&row, asked);
	row.cgroup = socket_cgroup_id(sk);
	row.netns = listener_netns(sk);
	row.lport = listener_port(sk);
	row.family = listener_family(sk);
	read_listener_address(row.address, sk);
	bpf_map_update_elem(&listeners, key, &row, BPF_NOEXIST);
}

/**
 * The row of a listener to which something has happened, up to date; NULL when there is no room
 * (that is counted as lost). `drops_before` is what sk_drops was before that.
 */
static __always_inline struct listener_row *row_of(const struct listener_key *key,
                                                   const struct sock *sk, __u32 drops_before)
{
	struct listener_row *row = bpf_map_lookup_elem(&listeners, key);

	if (!row) {
		add_row(key, sk, drops_before);
		row = bpf_map_lookup_elem(&listeners, key);
	}
	if (row)
		refresh_row(row, sk);
	else
		count_lost();
	return row;
}
