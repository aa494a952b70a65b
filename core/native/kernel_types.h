// The running kernel's types, cut down to those that an object reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// A file for libbpf's btf_custom_path, or an empty string where it cannot be made: libbpf then
// looks for the kernel's types itself.
std::string CutKernelTypes(const std::vector<uint8_t> &object);
