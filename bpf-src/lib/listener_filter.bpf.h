/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Which listeners the user asked for.
#pragma once

#include "ip_filter.bpf.h"
#include "listener.bpf.h"

static __always_inline bool listener_wanted(const struct sock *sk)
{
	// Nothing is read that no filter asks for.
	if ((skip_ipv4 || skip_ipv6) &&
	    (listener_family(sk) == LISTENER_IPV6 ? skip_ipv6 : skip_ipv4))
		return false;
	return !only_lports[0] || is_port_in(only_lports, listener_port(sk));
}
