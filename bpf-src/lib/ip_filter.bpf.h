/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Filters by IP version and port, as the user gave them.
#pragma once

#include "kernel.h"
#include <bpf/bpf_helpers.h>

const volatile bool skip_ipv4 = false;
const volatile bool skip_ipv6 = false;

/** 0 where there is none, and none at all is no filter. */
#define MOST_PORTS 32
const volatile __u64 only_lports[MOST_PORTS] = {};

static __always_inline bool is_port_in(const volatile __u64 *ports, __u16 port)
{
	if (!ports[0])
		return true;
	for (int i = 0; i < MOST_PORTS && ports[i]; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}
