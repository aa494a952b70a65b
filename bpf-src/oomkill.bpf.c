// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A record for each process that the kernel kills for want of memory.
//
// oom_kill_process() chooses, and kills by __oom_kill_process(): the chosen one, and with
// memory.oom.group all of its cgroup. That function gives up where the victim has no memory any
// more; else it counts (oom_kill of memory.events and of /proc/vmstat) and sends SIGKILL, to the
// victim first and then to others that share its memory. So the first signal that is sent after
// each entry is a kill.
#include "cgroup.bpf.h"
#include "events.bpf.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct oom_event {
	ktime_ns time;
	/** Of the victim; `limit`: of the cgroup whose limit was reached, 0 without one. */
	cgroup_id cgroup;
	cgroup_id limit;
	/** Pages that could be used at most. */
	count64 pages;
	/** Of the victim, in pages. */
	count64 anon;
	count64 file;
	count64 shmem;
	/** Who asked for memory. */
	pid32 fpid;
	pid32 tpid;
	uid32 uid;
	__s32 adj;
	__s32 order;
	enum oom_constraint constraint;
	comm_t fcomm;
	comm_t tcomm;
};

EVENT_TYPE(events, struct oom_event);

/** What a thread is about, while it chooses and kills. */
struct choosing {
	struct oom_control *control;
	/** A victim whose signal has not been seen yet. */
	struct task_struct *victim;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, pid32);
	__type(value, struct choosing);
} choosing SEC(".maps");

static __always_inline int begin(struct oom_control *control)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct choosing now = {.control = control};

	// What was left by an earlier one, whose end was not seen, is written over.
	if (bpf_map_update_elem(&choosing, &tid, &now, BPF_ANY))
		count_lost();
	return 0;
}

static __always_inline int end(void)
{
	pid32 tid = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&choosing, &tid);
	return 0;
}

static __always_inline int choose(struct task_struct *victim)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct choosing *now = bpf_map_lookup_elem(&choosing, &tid);

	if (now)
		now->victim = victim;
	return 0;
}

enum { FILE_PAGES, ANON_PAGES, SWAP_ENTRIES, SHMEM_PAGES };

/** As the kernel's own log has it (get_mm_counter()). */
static __always_inline __u64 pages_of(struct mm_struct *mm, __u32 kind)
{
	struct mm_struct___v6_1 *old = (void *)mm;
	__s64 pages = 0;

	// Since 6.2 (f1a7941243c1) a counter that each CPU has a part of.
	if (bpf_core_type_exists(struct mm_rss_stat))
		pages = BPF_CORE_READ(old, rss_stat.count[kind].counter);
	else
		bpf_probe_read_kernel(&pages, sizeof(pages),
		                      (void *)mm +
		                              bpf_core_field_offset(struct mm_struct, rss_stat) +
		                              kind * bpf_core_type_size(struct percpu_counter) +
		                              bpf_core_field_offset(struct percpu_counter, count));
	return pages > 0 ? pages : 0;
}

/** `task`: the thread whose memory it is, which the kernel has found in the victim's process. */
static __always_inline int kill(struct task_struct *task)
{
	pid32 tid = bpf_get_current_pid_tgid();
	struct choosing *now = bpf_map_lookup_elem(&choosing, &tid);
	struct oom_event event = {};
	struct task_struct *victim;
	struct oom_control *control;
	struct mem_cgroup *memcg;
	struct mm_struct *mm;

	if (!now)
		return 0;
	victim = now->victim;
	if (!victim || BPF_CORE_READ(victim, tgid) != BPF_CORE_READ(task, tgid))
		return 0;
	now->victim = NULL;
	control = now->control;
	mm = BPF_CORE_READ(task, mm);
	memcg = BPF_CORE_READ(control, memcg);
	event.time = bpf_ktime_get_ns();
	event.cgroup = home_cgroup_id(task);
	event.limit = memcg ? id_of_cgroup((__u64)BPF_CORE_READ(memcg, css.cgroup)) : 0;
	event.pages = BPF_CORE_READ(control, totalpages);
	event.file = pages_of(mm, FILE_PAGES);
	event.anon = pages_of(mm, ANON_PAGES);
	event.shmem = pages_of(mm, SHMEM_PAGES);
	event.fpid = bpf_get_current_pid_tgid() >> 32;
	event.tpid = BPF_CORE_READ(task, tgid);
	event.uid = BPF_CORE_READ(task, cred, uid.val);
	event.adj = BPF_CORE_READ(task, signal, oom_score_adj);
	event.order = BPF_CORE_READ(control, order);
	event.constraint = BPF_CORE_READ(control, constraint);
	bpf_get_current_comm(&event.fcomm, sizeof(event.fcomm));
	BPF_CORE_READ_STR_INTO(&event.tcomm, task, group_leader, comm);
	send(&event, sizeof(event));
	return 0;
}

SEC("fentry/oom_kill_process")
int BPF_PROG(begin_fentry, struct oom_control *control)
{
	return begin(control);
}

SEC("fentry/__oom_kill_process")
int BPF_PROG(choose_fentry, struct task_struct *victim)
{
	return choose(victim);
}

SEC("fentry/do_send_sig_info")
int BPF_PROG(kill_fentry, int sig, const void *info, struct task_struct *task)
{
	return kill(task);
}

SEC("fexit/oom_kill_process")
int BPF_PROG(end_fexit)
{
	return end();
}

SEC("kprobe/oom_kill_process")
int BPF_KPROBE(begin_kprobe, struct oom_control *control)
{
	return begin(control);
}

SEC("kprobe/__oom_kill_process")
int BPF_KPROBE(choose_kprobe, struct task_struct *victim)
{
	return choose(victim);
}

SEC("kprobe/do_send_sig_info")
int BPF_KPROBE(kill_kprobe, int sig, const void *info, struct task_struct *task)
{
	return kill(task);
}

SEC("kretprobe/oom_kill_process")
int BPF_KRETPROBE(end_kretprobe)
{
	return end();
}
