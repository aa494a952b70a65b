/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// Fields of the kernel's structs.
#pragma once

#include "kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/**
 * A field of what `pointer` points to. `typed`, known when it is compiled: a tp_btf, fentry or
 * fexit program was handed it, or any program by a helper, or it was loaded from such a one; then
 * programs load by themselves what they would else ask a helper for, at many times the cost.
 */
#define LOAD(typed, pointer, field) ((typed) ? (pointer)->field : BPF_CORE_READ(pointer, field))
