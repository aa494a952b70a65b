// The running kernel's types, as far as an object needs them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// A file for libbpf's btf_custom_path with the types that an object reads, or an empty string where
// it cannot be made: libbpf then looks for the kernel's types itself.
std::string CutKernelTypes(const std::vector<uint8_t> &object);
