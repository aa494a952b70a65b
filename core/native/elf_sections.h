// The sections of an object file.
#pragma once

#include <string_view>
#include <vector>

#include "type_table.h"

struct ElfSection {
	std::string_view name;
	ByteView content;
};

// None where it is no such file.
std::vector<ElfSection> SectionsOf(ByteView file);
