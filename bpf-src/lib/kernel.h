/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Every kernel type and field the catalog reads, and nothing else. CO-RE finds the true offsets at
// load time, so order and omissions do not matter here; a ___suffix marks the shape of some
// versions only.
#pragma once

// Stands in for vmlinux.h: bpf_tracing.h then uses the kernel's names for the fields of pt_regs.
#define __VMLINUX_H__

// BPF_PROG() and its kin give every program a ctx that few use.
#pragma clang diagnostic ignored "-Wunused-parameter"

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#include "types.h"

#define NULL ((void *)0)

// uapi/linux/bpf.h
enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_CGROUP_ARRAY = 8,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY, BPF_NOEXIST };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA };

/** Since 5.17 (f92c1e183604); what the kernel's own BTF has tells whether it is there. */
enum bpf_func_id { BPF_FUNC_get_current_task_btf = 158, BPF_FUNC_get_func_ret = 184 };

// uapi/asm-generic/errno-base.h
#define EAGAIN 11
#define EEXIST 17

// linux/socket.h, uapi/linux/if_ether.h, net/tcp_states.h
#define AF_INET 2
#define AF_INET6 10
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define TCP_LISTEN 10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

/** net/sock.h: a FIN has come, among skc_flags. */
#define SOCK_DONE 1

// uapi/linux/in_route.h, uapi/linux/ipv6_route.h, linux/skbuff.h
#define RTCF_BROADCAST 0x10000000
#define RTCF_MULTICAST 0x20000000
#define RTF_LOCAL 0x80000000
#define SKB_DST_NOREF 1UL

// uapi/linux/fcntl.h, asm-generic/fcntl.h
#define AT_FDCWD (-100)
#define O_ACCMODE 03
#define O_WRONLY 01
#define O_CREAT 0100
#define O_TRUNC 01000
#define __O_TMPFILE 020000000
#if defined(__TARGET_ARCH_arm64)
#define O_LARGEFILE 0400000
#else
#define O_LARGEFILE 0100000
#endif

// uapi/linux/openat2.h
#define RESOLVE_IN_ROOT 0x10
struct open_how {
	__u64 flags, mode, resolve;
};

// uapi/linux/stat.h, uapi/linux/magic.h, uapi/linux/uio.h
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define ANON_INODE_FS_MAGIC 0x09041934
struct iovec {
	void *iov_base;
	__u64 iov_len;
};

// linux/seq_file.h
#define SEQ_START_TOKEN 1

// linux/sched.h
#define PF_IO_WORKER 0x10
#define TASK_RUNNING 0
#define TASK_DEAD 0x80

// linux/sched/signal.h
#define SIGNAL_GROUP_EXIT 4

// Registers of a kprobe's context: a stable layout, read in place, hence not relocated.
#if defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
#else
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_arm64)
struct pt_regs {
	struct user_pt_regs user_regs;
	__u64 orig_x0;
	__s32 syscallno;
};
#endif

// Paths.
struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct fs_struct {
	struct path root, pwd;
};

struct inode;
struct address_space;

/** How much of a file is read ahead. */
struct file_ra_state {
	unsigned int size;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	struct address_space *f_mapping;
	struct file_ra_state f_ra;
	void *private_data;
};

/** Their numbers differ between kernels; that one exists until 6.5. */
enum iter_type {
	ITER_PIPE,
};

/** A read or write under way. */
struct kiocb {
	struct file *ki_filp;
	__s64 ki_pos;
};

/** Since 5.12 (9fe61450972d). */
struct renamedata {
	int flags;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct filename {
	const char *name;
};

// Tasks.
struct thread_info {
	unsigned long flags;
	__u32 status;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	unsigned int flags;
	int group_exit_code;
	short oom_score_adj;
};

struct percpu_counter {
	__s64 count;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
	/** Since 6.2; by kind of page. */
	struct percpu_counter rss_stat[1];
};

typedef struct {
	__s64 counter;
} atomic64_t;

/** Until 6.1. */
struct mm_rss_stat {
	atomic64_t count[4];
};

struct mm_struct___v6_1 {
	struct mm_rss_stat rss_stat;
};

typedef struct {
	uid32 val;
} kuid_t;

struct cred {
	kuid_t uid;
};

// Namespaces.
struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct net;

struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

/** A task's number in each PID namespace it is in, from the initial one inwards. */
struct pid {
	unsigned int level;
	struct upid numbers[1];
};

// Cgroups.
struct list_head {
	struct list_head *next;
};

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

/** One of the cgroups of a css_set. */
struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct list_head cgrp_link;
};

/** A task's cgroups, one in each hierarchy. */
struct css_set {
	/** That of v2. */
	struct cgroup *dfl_cgrp;
	struct list_head cgrp_links;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	struct mm_struct *mm;
	pid32 pid, tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct pid *thread_pid;
	__u64 start_time;
	int exit_code;
	const struct cred *cred;
	/** TASK_… */
	unsigned int __state;
};

/** Until 5.13 (2f064a59a11f). */
struct task_struct___v5_13 {
	long state;
};

// Memory.
/** Their numbers differ. */
enum pageflags { PG_head };

/** Of the page cache, until 5.15. */
struct page {
	struct address_space *mapping;
	unsigned long index;
};

/** Since 5.16 (7b230db3b8d3). */
struct folio {
	unsigned long flags;
	struct address_space *mapping;
	unsigned long index;
	/** Of a large one. */
	unsigned int _folio_nr_pages;
};

typedef struct {
	unsigned long f;
} memdesc_flags_t;

/** Later. */
struct folio___memdesc {
	memdesc_flags_t flags;
	unsigned int _nr_pages;
};

struct vm_area_struct {
	struct file *vm_file;
};

enum fault_flag { FAULT_FLAG_TRIED = 1 << 5 };

/** A page fault. */
struct vm_fault {
	struct vm_area_struct *vma;
	enum fault_flag flags;
	unsigned long pgoff;
};

/** Until 5.12. */
struct vm_fault___v5_12 {
	unsigned int flags;
};

struct mem_cgroup {
	struct cgroup_subsys_state css;
};

enum oom_constraint {
	CONSTRAINT_NONE,
	CONSTRAINT_CPUSET,
	CONSTRAINT_MEMORY_POLICY,
	CONSTRAINT_MEMCG,
};

struct oom_control {
	struct mem_cgroup *memcg;
	int order;
	unsigned long totalpages;
	enum oom_constraint constraint;
};

/** What comes with a signal. */
struct kernel_siginfo {
	int si_code;
};

/** What an execve() works on. */
struct linux_binprm {
	const char *interp;
};

// io_uring.
struct io_cmd_data {
	struct file *file;
};

struct io_cqe {
	__s32 res;
};

struct io_uring_task {
	struct task_struct *task;
};

struct io_open {
	int dfd;
	__u32 file_slot;
	struct filename *filename;
	struct open_how how;
};

struct delayed_filename {
	struct filename *__incomplete_filename;
};

/** Between 6.12 and 7.2 `filename` became this. */
struct io_open___delayed {
	struct delayed_filename filename;
};

/** The request since 6.0: what an operation needs lies in `cmd`. */
struct io_kiocb {
	struct io_cmd_data cmd;
	struct io_cqe cqe;
	/** Until 6.12. */
	struct task_struct *task;
	/** Later. */
	struct io_uring_task *tctx;
};

/** Until 5.19, and in 5.10 since 5.10.162. */
struct io_kiocb___v5 {
	struct io_open open;
	__u32 result;
	__u64 user_data;
};

struct trace_event_raw_io_uring_complete {
	void *req;
};

// TCP listeners.
struct in6_addr {
	__u8 in6_u[16];
};

struct in_addr {
	__be32 s_addr;
};

struct sockaddr_in {
	__be16 sin_port;
	struct in_addr sin_addr;
};

struct sockaddr_in6 {
	__be16 sin6_port;
	struct in6_addr sin6_addr;
};

struct netns_ipv4 {
	/** An int until 5.15: its low byte lies first here as well. */
	__u8 sysctl_tcp_syncookies;
};

struct netns_core {
	int sysctl_somaxconn;
};

struct net {
	struct ns_common ns;
	struct netns_core core;
	struct netns_ipv4 ipv4;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct super_block {
	unsigned long s_magic;
};

struct inode {
	__u16 i_mode;
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct socket {
	int state;
	struct file *file;
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned long skc_flags;
	__be32 skc_rcv_saddr;
	__be32 skc_daddr;
	__be16 skc_dport;
	__u16 skc_num;
	struct in6_addr skc_v6_rcv_saddr;
	struct in6_addr skc_v6_daddr;
	possible_net_t skc_net;
	/** Of a request. */
	struct sock *skc_listener;
};

struct sock_cgroup_data {
	struct cgroup *cgroup;
};

/** Until 5.15. */
struct sock_cgroup_data___word {
	__u64 val;
};

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	struct sock_cgroup_data sk_cgrp_data;
	/** 16 bits since 5.6 (bf9765145b85). */
	__u16 sk_protocol;
	/** An errno, what became of a connection that has failed. */
	int sk_err;
	/** Newer kernels count for UDP and raw sockets elsewhere (sk_drop_counters). */
	atomic_t sk_drops;
};

struct sock___word {
	struct sock_cgroup_data___word sk_cgrp_data;
};

struct tcp_sock {
	/** Segments sent again, as RetransSegs counts them. */
	__u32 total_retrans;
	__u64 bytes_acked, bytes_received;
	/** The first byte not acknowledged, and the one to be written next. */
	__u32 snd_una, write_seq;
};

struct inet_sock {
	__be16 inet_sport;
};

struct request_sock_queue {
	atomic_t qlen;
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
};

/** A handshake under way. */
struct request_sock {
	struct sock_common __req_common;
};

struct tcp_request_sock {
	__u32 snt_isn;
};

struct rtable {
	unsigned int rt_flags;
};

struct rt6_info {
	__u32 rt6i_flags;
};

struct net_device {
	int ifindex;
	possible_net_t nd_net;
};

struct dst_entry {
	struct net_device *dev;
};

struct sk_buff {
	unsigned long _skb_refdst;
	__be16 protocol;
	char cb[48];
	unsigned char *head;
	/** From the head. */
	__u16 network_header;
	/** Where it was received, by number. */
	int skb_iif;
	/** Shares its place with others. */
	struct net_device *dev;
	struct sock *sk;
};

/** Since 5.17 (c504e5c2f964); other numbers in each kernel. */
enum skb_drop_reason { SKB_DROP_REASON_NOT_SPECIFIED, SKB_DROP_REASON_QUEUE_PURGE };

/** Lies in sk_buff.cb; some kernels from 6.10 on have a per-CPU variable instead of the field. */
struct tcp_skb_cb {
	__u32 seq;
	__u32 tcp_tw_isn;
};

// Block devices.
struct block_device_operations {
	/** Since 5.9 (c62b37d96b6e), of drivers that take bios and make no requests of them. */
	void *submit_bio;
};

struct gendisk {
	int major, first_minor;
	char disk_name[32];
	const struct block_device_operations *fops;
};

struct request_queue {
	/** Since 5.15 (d152c682f03c); before, requests have a field of their own. */
	struct gendisk *disk;
	/** NULL where there are no requests. */
	const void *mq_ops;
};

/** A whole disk or a partition; in requests and bios since 5.12 (309dca309fc3, 8446fe9255be). */
struct block_device {
	__u32 bd_dev;
	struct gendisk *bd_disk;
};

struct device {
	__u32 devt;
};

/** What it was before. */
struct hd_struct {
	struct device __dev;
};

struct bvec_iter {
	unsigned int bi_size;
};

struct bio {
	struct block_device *bi_bdev;
	unsigned int bi_opf;
	__u8 bi_status;
	/** Of the same request. */
	struct bio *bi_next;
	struct bvec_iter bi_iter;
};

struct bio___v5_11 {
	struct gendisk *bi_disk;
};

enum mq_rq_state { MQ_RQ_IDLE };

/** opensnoop has a struct request of its own; CO-RE leaves out the suffix. */
struct request___blk {
	struct request_queue *q;
	struct bio *bio;
	unsigned int cmd_flags;
	unsigned int __data_len;
	__u64 __sector;
	/** NULL: its queue keeps no statistics, or it is none that they count. */
	struct block_device *part;
	__u64 start_time_ns;
	enum mq_rq_state state;
	/** The next one of a batch. */
	struct request___blk *rq_next;
};

struct request___v5_16 {
	struct gendisk *rq_disk;
};

struct rq_list {
	struct request___blk *head;
};

/** Requests that complete together, since 5.16. */
struct io_comp_batch {
	struct rq_list req_list;
};

/** Until 6.12. */
struct io_comp_batch___pointer {
	struct request___blk *req_list;
};

/** Their numbers differ between kernels; those here are never used. */
enum req_flag_bits {
	__REQ_SYNC,
	__REQ_META,
	__REQ_PRIO,
	__REQ_NOMERGE,
	__REQ_IDLE,
	__REQ_FUA,
	__REQ_PREFLUSH,
	__REQ_RAHEAD,
	__REQ_BACKGROUND,
	__REQ_NOWAIT,
};

enum req_op {
	REQ_OP_READ,
	REQ_OP_WRITE,
	REQ_OP_FLUSH,
	REQ_OP_DISCARD,
	REQ_OP_SECURE_ERASE,
	REQ_OP_WRITE_ZEROES,
	REQ_OP_ZONE_OPEN,
	REQ_OP_ZONE_CLOSE,
	REQ_OP_ZONE_FINISH,
	REQ_OP_ZONE_RESET,
	REQ_OP_ZONE_RESET_ALL,
	REQ_OP_ZONE_APPEND,
	REQ_OP_DRV_IN,
	REQ_OP_DRV_OUT,
};

/** The name until 5.19. */
enum req_opf {
	REQ_OP_READ___v5,
	REQ_OP_WRITE___v5,
	REQ_OP_FLUSH___v5,
	REQ_OP_DISCARD___v5,
	REQ_OP_SECURE_ERASE___v5,
	REQ_OP_WRITE_SAME___v5,
	REQ_OP_WRITE_ZEROES___v5,
	REQ_OP_ZONE_OPEN___v5,
	REQ_OP_ZONE_CLOSE___v5,
	REQ_OP_ZONE_FINISH___v5,
	REQ_OP_ZONE_RESET___v5,
	REQ_OP_ZONE_RESET_ALL___v5,
	REQ_OP_ZONE_APPEND___v5,
	/** Until 5.15. */
	REQ_OP_SCSI_IN___v5,
	REQ_OP_SCSI_OUT___v5,
	REQ_OP_DRV_IN___v5,
	REQ_OP_DRV_OUT___v5,
};

// Tracepoints of system calls.
struct trace_entry {
	unsigned short type;
};

struct trace_event_raw_sys_enter {
	struct trace_entry ent;
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	struct trace_entry ent;
	long id;
	long ret;
};

#pragma clang attribute pop
