// Types as BTF has them, one after the other (linux/btf.h), numbered from 1.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <linux/btf.h>

using ByteView = std::basic_string_view<uint8_t>;

// Of linux/btf.h's newer kinds, which older headers lack.
constexpr unsigned kind_type_tag = 18, kind_enum64 = 19;

// Of bytes that stay where they are.
struct TypeTable {
	ByteView section;
	ByteView strings;
	// Where each begins in the section, by its number; 0 is void.
	std::vector<uint32_t> starts;

	const btf_type *At(uint32_t id) const
	{
		return reinterpret_cast<const btf_type *>(section.data() + starts[id]);
	}

	const char *Name(uint32_t offset) const
	{
		return offset < strings.size()
		               ? reinterpret_cast<const char *>(strings.data()) + offset
		               : "";
	}
};

// False where they are no types.
bool ParseTypes(ByteView data, TypeTable &types);

inline unsigned KindOf(const btf_type *type)
{
	return BTF_INFO_KIND(type->info);
}

// What follows the type's first words, or -1 for a kind that is not known.
long TailOf(const btf_type *type);

// A part of them, or none where it is not in there.
ByteView Slice(ByteView all, uint64_t start, uint64_t length);
