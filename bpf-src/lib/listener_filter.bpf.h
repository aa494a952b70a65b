/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Which listeners the user asked for.
#pragma once

#include "ip_filter.bpf.h"
#include "listener.bpf.h"

static __always_inline bool listener_wanted(const struct sock *sk)
{
	if (listener_family(sk) == LISTENER_IPV6 ? skip_ipv6 : skip_ipv4)
		return false;
	return is_port_in(only_lports, listener_port(sk));
}
