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
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY, BPF_NOEXIST };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA };

/** Since 5.17 (f92c1e183604); what the kernel's own BTF has tells whether it is there. */
enum bpf_func_id { BPF_FUNC_get_func_ret = 184 };

// uapi/asm-generic/errno-base.h
#define EAGAIN 11
#define EEXIST 17

// linux/socket.h, uapi/linux/if_ether.h
#define AF_INET 2
#define AF_INET6 10
#define ETH_P_IP 0x0800

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

// linux/sched.h
#define PF_IO_WORKER 0x10

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

struct file {
	struct path f_path;
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
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
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

struct ns_common {
	unsigned int inum;
};

struct netns_ipv4 {
	/** An int until 5.15: its low byte lies first here as well. */
	__u8 sysctl_tcp_syncookies;
};

struct net {
	struct ns_common ns;
	struct netns_ipv4 ipv4;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct inode {
	unsigned long i_ino;
};

struct socket {
	int state;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct sock_common {
	unsigned short skc_family;
	__be32 skc_rcv_saddr;
	__u16 skc_num;
	struct in6_addr skc_v6_rcv_saddr;
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
};

struct request_sock_queue {
	atomic_t qlen;
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
};

struct request_sock;

struct sk_buff {
	__be16 protocol;
	char cb[48];
};

/** Lies in sk_buff.cb; some kernels from 6.10 on have a per-CPU variable instead of the field. */
struct tcp_skb_cb {
	__u32 tcp_tw_isn;
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
