// The running kernel's types, as far as an object needs them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// A file for libbpf's btf_custom_path with the types that an object reads, or an empty string where
// it cannot be made: libbpf then looks for the kernel's types itself.
std::string CutKernelTypes(const std::vector<uint8_t> &object);

// The number that the kernel's types have for what such a program is for: by its section, tp_btf/X,
// fentry/X or fexit/X, of an object that the types have been cut for. 0: not known here.
uint32_t TypeTraced(const std::string &section);
