// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How long block I/Os take, as histograms: those that are requests to a disk, and those of disks
// that make no requests.
#include "biolatency/key.bpf.h"
#include "biolatency/requests.bpf.h"
#include "biolatency/bios.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
