// core/btf/selection.ts does the same member by member for files that are carried elsewhere, from
// files of anybody's; here speed counts, and the kernel's own types are trusted to be well-formed.
#include "type_cut.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace
{

using Names = std::unordered_set<std::string_view>;

// `task_struct___old` stands for task_struct.
std::string_view EssentialName(std::string_view name)
{
	for (size_t at = name.rfind("___"); at != std::string_view::npos && at > 0;
	     at = name.rfind("___", at - 1))
		if (at + 3 < name.size() && name[at - 1] != '_' && name[at + 3] != '_')
			return name.substr(0, at);
	return name;
}

bool IsLookedFor(unsigned kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_ENUM ||
	       kind == kind_enum64 || kind == BTF_KIND_TYPEDEF;
}

Names NamesIn(const TypeTable &types)
{
	Names names;
	for (size_t id = 1; id < types.starts.size(); id++)
		if (IsLookedFor(KindOf(types.At(id))))
			names.insert(EssentialName(types.Name(types.At(id)->name_off)));
	names.erase("");
	return names;
}

class Cut
{
      public:
	explicit Cut(const TypeTable &kernel) : kernel_(kernel), marks_(kernel.starts.size())
	{
	}

	void KeepNamed(const Names &names)
	{
		for (uint32_t id = 1; id < marks_.size(); id++) {
			const btf_type *type = kernel_.At(id);
			if (!IsLookedFor(KindOf(type)))
				continue;
			if (names.count(EssentialName(kernel_.Name(type->name_off))) == 0)
				continue;
			// Typedefs of tracepoints' prototypes are compared through their pointers.
			Keep(id, KindOf(type) == BTF_KIND_TYPEDEF ? full | through : full);
		}
		while (!left_.empty()) {
			uint32_t id = left_.back();
			left_.pop_back();
			KeepPartsOf(id);
		}
	}

	std::string Write()
	{
		std::vector<uint32_t> numbers(marks_.size(), 0);
		uint32_t count = 0;
		for (uint32_t id = 1; id < marks_.size(); id++)
			if (marks_[id] != 0)
				numbers[id] = ++count;
		std::string types;
		strings_.assign(1, '\0');
		for (uint32_t id = 1; id < marks_.size(); id++)
			if (marks_[id] != 0)
				WriteType(types, id, numbers);
		btf_header header = {};
		header.magic = BTF_MAGIC;
		header.version = BTF_VERSION;
		header.hdr_len = sizeof(header);
		header.type_len = header.str_off = types.size();
		header.str_len = strings_.size();
		return std::string(reinterpret_cast<char *>(&header), sizeof(header)) + types +
		       strings_;
	}

      private:
	// `full`: with its members; `through`: with what it points to.
	static constexpr uint8_t kept = 1, full = 2, through = 4;

	void Keep(uint32_t id, uint8_t how)
	{
		if (id == 0 || id >= marks_.size())
			return;
		uint8_t marks = marks_[id] | kept | how;
		if (marks == marks_[id])
			return;
		marks_[id] = marks;
		left_.push_back(id);
	}

	void KeepPartsOf(uint32_t id)
	{
		const btf_type *type = kernel_.At(id);
		uint8_t how = marks_[id];
		auto parts = reinterpret_cast<const uint8_t *>(type + 1);

		switch (KindOf(type)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			for (unsigned i = 0; (how & full) != 0 && i < BTF_INFO_VLEN(type->info);
			     i++)
				Keep(reinterpret_cast<const btf_member *>(parts)[i].type, full);
			break;
		case BTF_KIND_ARRAY:
			Keep(reinterpret_cast<const btf_array *>(parts)->type, how);
			Keep(reinterpret_cast<const btf_array *>(parts)->index_type, kept);
			break;
		case BTF_KIND_FUNC_PROTO:
			Keep(type->type, through);
			for (unsigned i = 0; i < BTF_INFO_VLEN(type->info); i++)
				Keep(reinterpret_cast<const btf_param *>(parts)[i].type, through);
			break;
		case BTF_KIND_PTR:
			if ((how & through) != 0)
				Keep(type->type, through);
			break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case kind_type_tag:
			Keep(type->type, how);
			break;
		}
	}

	void WriteType(std::string &to, uint32_t id, const std::vector<uint32_t> &numbers)
	{
		const btf_type *from = kernel_.At(id);
		btf_type type = *from;
		type.name_off = WriteName(from->name_off);
		unsigned kind = KindOf(from);
		bool composite = kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
		if (composite && (marks_[id] & full) == 0)
			type.info &= ~0xffffu;
		// The others' second word is a size.
		if (kind == BTF_KIND_PTR || kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_VOLATILE ||
		    kind == BTF_KIND_CONST || kind == BTF_KIND_RESTRICT || kind == kind_type_tag ||
		    kind == BTF_KIND_FUNC_PROTO)
			type.type = numbers[from->type];
		std::string tail(reinterpret_cast<const char *>(from + 1), TailOf(&type));
		unsigned many = BTF_INFO_VLEN(type.info);
		if (composite)
			for (unsigned i = 0; i < many; i++) {
				btf_member &one = reinterpret_cast<btf_member *>(tail.data())[i];
				one.name_off = WriteName(one.name_off);
				one.type = numbers[one.type];
			}
		else if (kind == BTF_KIND_FUNC_PROTO)
			for (unsigned i = 0; i < many; i++) {
				btf_param &one = reinterpret_cast<btf_param *>(tail.data())[i];
				one.name_off = WriteName(one.name_off);
				one.type = numbers[one.type];
			}
		else if (kind == BTF_KIND_ENUM)
			for (unsigned i = 0; i < many; i++) {
				btf_enum &one = reinterpret_cast<btf_enum *>(tail.data())[i];
				one.name_off = WriteName(one.name_off);
			}
		else if (kind == kind_enum64)
			// A name and two words of value: laid out as a member is.
			for (unsigned i = 0; i < many; i++) {
				btf_member &one = reinterpret_cast<btf_member *>(tail.data())[i];
				one.name_off = WriteName(one.name_off);
			}
		else if (kind == BTF_KIND_ARRAY) {
			btf_array &one = *reinterpret_cast<btf_array *>(tail.data());
			one.type = numbers[one.type];
			one.index_type = numbers[one.index_type];
		}
		to.append(reinterpret_cast<char *>(&type), sizeof(type)) += tail;
	}

	uint32_t WriteName(uint32_t offset)
	{
		if (offset == 0)
			return 0;
		auto [place, isNew] = names_.try_emplace(offset, strings_.size());
		if (isNew)
			strings_.append(kernel_.Name(offset)) += '\0';
		return place->second;
	}

	const TypeTable &kernel_;
	std::vector<uint8_t> marks_;
	std::vector<uint32_t> left_;
	std::string strings_;
	std::unordered_map<uint32_t, uint32_t> names_;
};

} // namespace

std::string CutTypes(const TypeTable &all, const TypeTable &wanted)
{
	Cut cut(all);
	cut.KeepNamed(NamesIn(wanted));
	return cut.Write();
}
