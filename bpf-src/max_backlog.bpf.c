// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each time a listener's accept queue was full, or for several such times.
#include "cgroup.bpf.h"
#include "events.bpf.h"
#include "overflow.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SECOND_NS 1000000000ULL
#define LISTENERS 4096

struct overflow_event {
	/** Of the last of them, as are `queue` and `limit`. */
	ktime_ns time;
	/** How many it stands for. */
	count64 times;
	count64 inode;
	/** The socket's: whoever runs has nothing to do with it. */
	cgroup_id cgroup;
	__u32 netns;
	__u32 queue;
	__u32 limit;
	__u16 lport;
	enum listener_family family;
	enum overflow_where where;
	__u8 address[16];
};

EVENT_TYPE(events, struct overflow_event);

/** Records in a second for each socket; 0: no limit. */
const volatile __u32 max_rate = 0;

struct held_key {
	struct listener_key listener;
	__u64 where;
};

// What has not been sent yet, on each CPU by itself: no two add to the same one. User space sends
// what is left at the end.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, LISTENERS);
	__type(key, struct held_key);
	__type(value, struct overflow_event);
} held SEC(".maps");

struct allowance {
	__u64 second;
	__u64 records;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LISTENERS);
	__type(key, struct listener_key);
	__type(value, struct allowance);
} allowances SEC(".maps");

/** Adds first and looks then: of two CPUs at once both may be refused, but not both let through. */
static __always_inline bool may_send(const struct listener_key *listener, __u64 now)
{
	struct allowance none = {}, *allowance;

	if (!max_rate)
		return true;
	allowance = bpf_map_lookup_elem(&allowances, listener);
	if (!allowance) {
		bpf_map_update_elem(&allowances, listener, &none, BPF_NOEXIST);
		allowance = bpf_map_lookup_elem(&allowances, listener);
		if (!allowance)
			return true;
	}
	if (allowance->second != now / SECOND_NS) {
		allowance->second = now / SECOND_NS;
		allowance->records = 0;
	}
	__sync_fetch_and_add(&allowance->records, 1);
	return *(volatile __u64 *)&allowance->records <= max_rate;
}

static __always_inline void describe(struct overflow_event *event, const struct look *look,
                                     const struct held_key *key)
{
	struct sock *sk = look->sk;

	event->time = bpf_ktime_get_ns();
	event->inode = key->listener.inode;
	event->cgroup = socket_cgroup_id(sk);
	event->netns = listener_netns(sk);
	// A listener that closes is emptied meanwhile.
	event->queue = look->full_before ? look->queue : accept_queue(sk);
	event->limit = accept_limit(sk);
	event->lport = listener_port(sk);
	event->family = listener_family(sk);
	event->where = key->where;
	read_listener_address(event->address, sk);
}

static __always_inline void looking(struct look *look)
{
}

static __always_inline void looked(const struct look *look, enum overflow_where where)
{
	struct sock *sk = look->sk;
	struct held_key key;
	struct overflow_event none = {}, *event;

	if (!found_full(look))
		return;
	key = (struct held_key){listener_key(sk), where};
	event = bpf_map_lookup_elem(&held, &key);
	if (!event) {
		bpf_map_update_elem(&held, &key, &none, BPF_NOEXIST);
		event = bpf_map_lookup_elem(&held, &key);
	}
	if (!event) {
		// More listeners than the map holds: each time is a record.
		none.times = 1;
		describe(&none, look, &key);
		send(&none, sizeof(none));
		return;
	}
	event->times++;
	describe(event, look, &key);
	// Where the ring has no room they are held as well.
	if (may_send(&key.listener, event->time) && offer(event, sizeof(*event)))
		event->times = 0;
}
