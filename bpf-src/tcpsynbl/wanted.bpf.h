/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Which listeners the user asked for.
#pragma once

#include "listener.bpf.h"

const volatile bool skip_ipv4 = false;
const volatile bool skip_ipv6 = false;

/** Local ports; 0 where there is none, and none at all is no filter. */
#define MOST_PORTS 32
const volatile __u64 only_ports[MOST_PORTS] = {};

static __always_inline bool port_wanted(__u16 port)
{
	if (!only_ports[0])
		return true;
	for (int i = 0; i < MOST_PORTS && only_ports[i]; i++) {
		if (only_ports[i] == port)
			return true;
	}
	return false;
}

static __always_inline bool listener_wanted(const struct sock *sk)
{
	if (listener_family(sk) == LISTENER_IPV6 ? skip_ipv6 : skip_ipv4)
		return false;
	return port_wanted(listener_port(sk));
}
