// Sizes of map entries as user space sees them.
#pragma once

#include <cstddef>

#include <bpf/libbpf.h>

// The bytes of one value in a system call: for a per-CPU map, rounded up to 8 and once a possible
// CPU.
size_t ValueSize(const bpf_map *map);
