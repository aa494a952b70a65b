// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How many system calls, and how long they took: by call or by process.
#include "follow.bpf.h"
#include "lost.bpf.h"
#include "syscall.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ROWS 16384
#define THREADS 32768
#define ENOSYS 38
#define MAX_ERRNO 4095

/** Whose numbers they are. */
enum syscall_abi { SYSCALL_ABI_X64, SYSCALL_ABI_I386, SYSCALL_ABI_ARM64, SYSCALL_ABI_ARM };

#if defined(__TARGET_ARCH_arm64)
#define NATIVE_ABI SYSCALL_ABI_ARM64
#define COMPAT_ABI SYSCALL_ABI_ARM
#define NATIVE_RT_SIGRETURN 139
#else
#define NATIVE_ABI SYSCALL_ABI_X64
#define COMPAT_ABI SYSCALL_ABI_I386
#define NATIVE_RT_SIGRETURN 15
#endif
#define COMPAT_RT_SIGRETURN 173

const volatile bool by_process = false;
const volatile bool failed_only = false;
const volatile bool with_latency = false;
/** 0: any. */
const volatile __s32 only_errno = 0;
/** One call by its numbers, -1 where there is none. */
const volatile bool only_one = false;
const volatile __s32 only_native = -1;
const volatile __s32 only_compat = -1;

/** Either a process or a call; zeros besides. */
struct call_key {
	pid32 pid;
	__s32 number;
	enum syscall_abi abi;
};

struct call_row {
	counter64 count;
	/** Nanoseconds. */
	counter64 spent;
	struct call_key of;
	comm_t comm;
	bool ended;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ROWS);
	__type(key, struct call_key);
	__type(value, struct call_row);
} calls SEC(".maps");

/** Beyond the numbers of all calls there are; of what is called all the same there are rows above.
 */
#define USUAL_CALLS 512

/** Native calls by their number, and 32-bit ones behind them: no helper is called to find them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * USUAL_CALLS);
	__type(key, __u32);
	__type(value, struct call_row);
} usual_calls SEC(".maps");

/** Since when each thread is in a call; 0: it is in none. An entry stays until the thread ends,
 * since adding and deleting take a lock. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, THREADS);
	__type(key, pid32);
	__type(value, __u64);
} entered SEC(".maps");

static __always_inline int enter_call(void)
{
	struct task_struct *task = current_task();
	pid32 tid = current_tid(task);
	__u64 now, *since;

	if (!current_task_wanted(task))
		return 0;
	now = bpf_ktime_get_ns();
	since = bpf_map_lookup_elem(&entered, &tid);
	if (since)
		*since = now;
	else if (bpf_map_update_elem(&entered, &tid, &now, BPF_NOEXIST))
		count_lost();
	return 0;
}

static __always_inline struct call_row *row_of(const struct call_key *key)
{
	struct call_row *row = bpf_map_lookup_elem(&calls, key), none = {.of = *key};

	if (row)
		return row;
	if (by_process)
		BPF_CORE_READ_STR_INTO(&none.comm, (struct task_struct *)bpf_get_current_task(),
		                       group_leader, comm);
	bpf_map_update_elem(&calls, key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&calls, key);
}

static __always_inline struct call_row *usual_row_of(const struct call_key *key)
{
	__u32 place = key->number + (key->abi == COMPAT_ABI ? USUAL_CALLS : 0);
	struct call_row *row = bpf_map_lookup_elem(&usual_calls, &place);

	if (row)
		row->of = *key;
	return row;
}

static __always_inline void add_call(const struct call_key *key, __u64 spent)
{
	bool usual = !by_process && (__u32)key->number < USUAL_CALLS;
	struct call_row *row = usual ? usual_row_of(key) : row_of(key);
	__u64 ids;

	if (!row) {
		count_lost();
		return;
	}
	__sync_fetch_and_add(&row->count, 1);
	if (with_latency)
		__sync_fetch_and_add(&row->spent, spent);
	if (by_process) {
		row->ended = false;
		ids = bpf_get_current_pid_tgid();
		// It may have another name by now.
		if (ids >> 32 == (__u32)ids)
			bpf_get_current_comm(&row->comm, sizeof(row->comm));
	}
}

static __always_inline bool result_wanted(long ret, bool is_result)
{
	if (only_errno)
		return is_result && ret == -only_errno;
	return !failed_only || (is_result && ret < 0 && ret >= -MAX_ERRNO);
}

static __always_inline int leave_call(const void *regs, long ret, bool typed)
{
	__u64 *since, spent = 0;
	struct task_struct *task = current_task();
	struct call_key key = {};
	bool compat, returned = true;
	long number;
	pid32 tid;

	if (with_latency) {
		tid = current_tid(task);
		since = bpf_map_lookup_elem(&entered, &tid);
		if (!since || !*since)
			return 0;
		spent = bpf_ktime_get_ns() - *since;
		*since = 0;
	}
	compat = is_compat_of(task);
	// A 32-bit result is extended with zeros on arm64.
	if (compat)
		ret = (__s32)ret;
	number = (__s32)syscall_number(regs, typed);
	// A return from a signal handler leaves what was interrupted: no number, and its result.
	if (number == -1 && ret != -ENOSYS) {
		number = compat ? COMPAT_RT_SIGRETURN : NATIVE_RT_SIGRETURN;
		returned = false;
	}
	if (!result_wanted(ret, returned))
		return 0;
	if (only_one && number != (compat ? only_compat : only_native))
		return 0;
	if (!with_latency && !current_task_wanted(task))
		return 0;
	if (by_process) {
		key.pid = current_tgid(task);
	} else {
		key.number = number;
		key.abi = compat ? COMPAT_ABI : NATIVE_ABI;
	}
	add_call(&key, spent);
	return 0;
}

/** Frees what is kept of a thread that ends, and tells that its process does. */
static __always_inline int end_thread(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 ids = bpf_get_current_pid_tgid();
	struct call_key key = {.pid = ids >> 32};
	struct call_row *row;
	pid32 tid = ids;

	if (with_latency)
		bpf_map_delete_elem(&entered, &tid);
	if (!by_process || BPF_CORE_READ(task, signal, live.counter))
		return 0;
	row = bpf_map_lookup_elem(&calls, &key);
	if (row)
		row->ended = true;
	return 0;
}

#define ATTACH(way, typed)                                                                         \
	SEC(#way "/sys_exit")                                                                      \
	int BPF_PROG(exit_##way, const void *regs, long ret)                                       \
	{                                                                                          \
		return leave_call(regs, ret, typed);                                               \
	}                                                                                          \
	SEC(#way "/sys_enter")                                                                     \
	int BPF_PROG(enter_##way)                                                                  \
	{                                                                                          \
		return enter_call();                                                               \
	}                                                                                          \
	SEC(#way "/sched_process_exit")                                                            \
	int BPF_PROG(end_##way)                                                                    \
	{                                                                                          \
		return end_thread();                                                               \
	}

ATTACH(tp_btf, true)
ATTACH(raw_tp, false)
