/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// An exec that failed: its arguments are words anywhere in the caller's memory.
#pragma once

#include "event.bpf.h"
#include "syscall.bpf.h"

/** Words read at most: each is work for the verifier. */
#define FAILED_WORDS 512
#define WORD_BYTES 4096

/** The word that argv[i] points to; 0 at the end, or where argv cannot be read. */
static __always_inline __u64 word_of(__u64 argv, __u32 i, bool compat)
{
	__u64 word = 0;

	if (compat)
		bpf_probe_read_user(&word, 4, (const void *)(argv + 4ULL * i));
	else
		bpf_probe_read_user(&word, 8, (const void *)(argv + 8ULL * i));
	return word;
}

/** Copies the words one behind the other to event->args. What a round hands on lies in memory, so
 * that to the verifier every round is the same. */
static __noinline int copy_words(struct exec_event *event, __u64 argv, bool compat)
{
	for (__u32 i = 0; i < FAILED_WORDS; i++) {
		__u64 word = word_of(argv, i, compat);
		__u64 used = *(volatile __u32 *)&event->args.len;
		__u64 at = *(volatile __u32 *)&event->args.at;
		long n;

		if (!word)
			return 0;
		at += used;
		barrier_var(at);
		if (used >= SHORT_BYTES - WORD_BYTES - 1 || at > SCRATCH_BYTES - WORD_BYTES - 1) {
			event->more = true;
			return 0;
		}
		n = bpf_probe_read_user_str((char *)event + at, WORD_BYTES + 1, (const void *)word);
		if (n < 0) {
			event->more = true;
			return 0;
		}
		// An empty string may count as 0 bytes: its NUL is then not written either.
		if (n == 0) {
			((volatile char *)event)[at] = 0;
			n = 1;
		}
		*(volatile __u32 *)&event->args.len = used + n;
		if (n > WORD_BYTES) {
			event->more = true;
			return 0;
		}
	}
	event->more = true;
	return 0;
}

/** Reports a call of execve, or with `at` of execveat, that is over; unless it worked. */
static __always_inline int report_failed(__u32 slot, const void *regs, long ret, bool at,
                                         bool compat)
{
	struct syscall_args args;
	struct exec_event *event;
	__u64 end;

	if (ret >= 0)
		return 0;
	event = begin(slot, bpf_get_current_pid_tgid(), ret);
	if (!event)
		return 0;
	args = syscall_args(regs, compat, false);
	end = end_of_file_name(event, bpf_probe_read_user_str(event + 1, PATH_BYTES + 1,
	                                                      (const void *)args.arg[at ? 1 : 0]));
	event->args.at = write_paths(event, end, false);
	copy_words(event, args.arg[at ? 2 : 1], compat);
	send_short(event);
	return 0;
}
