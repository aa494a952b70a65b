/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// seen + lost = made: what could not be reported is counted.
#pragma once

#include "kernel.h"
#include <bpf/bpf_helpers.h>

/** Events that passed the filters but could not be handed over. */
__u64 lost = 0;

static __always_inline void count_lost(void)
{
	__sync_fetch_and_add(&lost, 1);
}
