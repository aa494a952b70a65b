/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// What the addon's tests load: a ring with a wake word, a map of each kind, a program of each kind.
//
// Rebuild it with test/native/build.mjs; the object is committed, so that the tests need no
// compiler.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 wanted_tgid = 0;
const volatile __u32 wanted_syscall = 0;
/** As in bpf-src/lib/ring.bpf.h: a reader that is awake is woken when the fill level crosses a
 * multiple. */
const volatile __u32 ring_mark = 0;

volatile __u32 awake = 0;
/** Bytes of each record; 0: small ones of changing length. */
__u32 record_bytes = 0;
__u64 made = 0;
__u64 lost = 0;
/** Wake-ups asked for. */
__u64 wakes = 0;
__u64 calls[8] = {};
int tuned = 7;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

struct record {
	__u64 sequence;
	__u64 size;
	__u8 filler[128 * 1024 - 16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} record_store SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u32);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 10007);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

/** Has no batch operations before 5.13: read one by one. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u32);
} per_cpu_array SEC(".maps");

/** Has no batch operations at all. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 64);
	__uint(key_size, 4);
	__uint(value_size, 8 * 16);
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} optional SEC(".maps");

static __always_inline int ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == wanted_tgid;
}

static __always_inline int count(int kind)
{
	if (ours())
		calls[kind]++;
	return 0;
}

/** One record, from the one thread the test makes system calls on. */
SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 wake = BPF_RB_FORCE_WAKEUP, before, after;
	struct record *record;
	__u32 zero = 0, size, asleep;

	if (!ours() || ctx->args[1] != wanted_syscall)
		return 0;
	record = bpf_map_lookup_elem(&record_store, &zero);
	if (!record)
		return 0;
	record->sequence = made++;
	size = record_bytes;
	if (size == 0)
		size = 16 + record->sequence % 7 * 5;
	// Hides from clang that both are one range check, which the verifier would not follow.
	if (size < 16)
		return 0;
	asm volatile("" : "+r"(size));
	if (size > sizeof(*record))
		return 0;
	record->size = size;
	asleep = !awake;
	if (asleep) {
		// Said at once, so that the events until the reader runs do not each wake it again.
		awake = 1;
	} else {
		before = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
		after = before + 8 + ((size + 7) & ~7ULL);
		if ((before ^ after) < ring_mark)
			wake = BPF_RB_NO_WAKEUP;
	}
	if (bpf_ringbuf_output(&events, record, size, wake)) {
		lost++;
		if (asleep)
			awake = 0;
	} else if (wake == BPF_RB_FORCE_WAKEUP)
		wakes++;
	return 0;
}

SEC("raw_tp/sys_enter")
int on_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	return ctx->args[1] == wanted_syscall ? count(0) : 0;
}

SEC("tp_btf/sys_enter")
int on_tp_btf(__u64 *ctx)
{
	return ctx[1] == wanted_syscall ? count(1) : 0;
}

SEC("fentry")
int on_fentry(void *ctx)
{
	return count(2);
}

SEC("fexit")
int on_fexit(void *ctx)
{
	return count(3);
}

SEC("kprobe")
int on_kprobe(void *ctx)
{
	return count(4);
}

/** Runs into whatever kprobe there is where hash maps are updated. */
SEC("kprobe")
int updates_table(void *ctx)
{
	__u32 key = 0;
	__u64 value = 0;

	if (ours())
		bpf_map_update_elem(&table, &key, &value, BPF_ANY);
	return 0;
}

SEC("kretprobe")
int on_kretprobe(void *ctx)
{
	return count(5);
}

SEC("tracepoint")
int on_tracepoint(void *ctx)
{
	return count(6);
}

SEC("raw_tp/sys_exit")
int stack(void *ctx)
{
	if (ours())
		bpf_get_stackid(ctx, &stacks, 0);
	return 0;
}

/** What no verifier takes: it reads beyond its context. */
SEC("?raw_tp/sys_enter")
int refused(__u64 *ctx)
{
	return ctx[1 << 20] != 0;
}
