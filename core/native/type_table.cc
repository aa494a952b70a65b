#include "type_table.h"

#include <cstring>

long TailOf(const btf_type *type)
{
	unsigned long many = BTF_INFO_VLEN(type->info);

	switch (KindOf(type)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case kind_type_tag:
		return 0;
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(btf_array);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return many * sizeof(btf_enum);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case kind_enum64:
		return many * sizeof(btf_member);
	}
	return -1;
}

ByteView Slice(ByteView all, uint64_t start, uint64_t length)
{
	return start <= all.size() && length <= all.size() - start ? all.substr(start, length)
	                                                           : ByteView();
}

bool ParseTypes(ByteView data, TypeTable &types)
{
	btf_header header;
	if (data.size() < sizeof(header))
		return false;
	memcpy(&header, data.data(), sizeof(header));
	if (header.magic != BTF_MAGIC)
		return false;
	ByteView body = Slice(data, header.hdr_len, data.size() - header.hdr_len);
	types.section = Slice(body, header.type_off, header.type_len);
	types.strings = Slice(body, header.str_off, header.str_len);
	if (types.section.empty() || types.strings.empty() || types.strings.back() != 0)
		return false;
	types.starts.assign(1, 0);
	size_t at = 0;
	while (at + sizeof(btf_type) <= types.section.size()) {
		long tail = TailOf(reinterpret_cast<const btf_type *>(types.section.data() + at));
		if (tail < 0)
			return false;
		types.starts.push_back(at);
		at += sizeof(btf_type) + tail;
	}
	return at == types.section.size();
}
