/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// The states of a TCP socket, as net/tcp_states.h has numbered them ever since.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

enum tcp_state {
	TCP_STATE_UNKNOWN,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECV,
	TCP_STATE_FIN_WAIT1,
	TCP_STATE_FIN_WAIT2,
	TCP_STATE_TIME_WAIT,
	TCP_STATE_CLOSE,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_LAST_ACK,
	TCP_STATE_LISTEN,
	TCP_STATE_CLOSING,
	/** A handshake under way. */
	TCP_STATE_NEW_SYN_RECV,
} __attribute__((packed));

static __always_inline enum tcp_state tcp_state(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_state);
}
