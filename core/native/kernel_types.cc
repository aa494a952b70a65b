// libbpf looks for each type that an object reads by comparing its name with those of all types of
// the kernel (bpf_core_add_cands), a hundred thousand and more, and where it finds none goes on to
// every module's. That is most of what loading takes. So it is given a file with only the types
// that the object's own name, and what they are made of, found in one pass.
//
// core/btf/selection.ts does the same member by member for files that are carried elsewhere, from
// files of anybody's; here speed counts, and the kernel's own types are trusted to be well-formed.
#include "kernel_types.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <elf.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace
{

using Bytes = std::basic_string_view<uint8_t>;
using Names = std::unordered_set<std::string_view>;

constexpr const char *own_types = "/sys/kernel/btf/vmlinux";

// Of linux/btf.h's newer kinds, which older headers lack.
constexpr unsigned kind_type_tag = 18, kind_enum64 = 19;

struct Types {
	Bytes section;
	Bytes strings;
	// Where each begins in the section, by its number; 0 is void.
	std::vector<uint32_t> starts;

	const btf_type *At(uint32_t id) const
	{
		return reinterpret_cast<const btf_type *>(section.data() + starts[id]);
	}

	std::string_view Name(uint32_t offset) const
	{
		return offset < strings.size()
		               ? reinterpret_cast<const char *>(strings.data()) + offset
		               : "";
	}
};

unsigned KindOf(const btf_type *type)
{
	return BTF_INFO_KIND(type->info);
}

// What follows the type's first words, or -1 for a kind that is not known.
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

Bytes Slice(Bytes all, uint64_t start, uint64_t length)
{
	return start <= all.size() && length <= all.size() - start ? all.substr(start, length)
	                                                           : Bytes();
}

bool Parse(Bytes data, Types &types)
{
	btf_header header;
	if (data.size() < sizeof(header))
		return false;
	memcpy(&header, data.data(), sizeof(header));
	if (header.magic != BTF_MAGIC)
		return false;
	Bytes body = Slice(data, header.hdr_len, data.size() - header.hdr_len);
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

// An object file's own types; empty where it has none.
Bytes TypesOf(Bytes file)
{
	Bytes head = Slice(file, 0, sizeof(Elf64_Ehdr));
	if (head.empty())
		return {};
	auto elf = reinterpret_cast<const Elf64_Ehdr *>(head.data());
	Bytes table = Slice(file, elf->e_shoff, uint64_t(elf->e_shnum) * sizeof(Elf64_Shdr));
	if (table.empty() || elf->e_shstrndx >= elf->e_shnum)
		return {};
	auto sections = reinterpret_cast<const Elf64_Shdr *>(table.data());
	const Elf64_Shdr &naming = sections[elf->e_shstrndx];
	Bytes names = Slice(file, naming.sh_offset, naming.sh_size);
	const char wanted[] = ".BTF";
	for (int i = 0; i < elf->e_shnum; i++) {
		Bytes name = Slice(names, sections[i].sh_name, sizeof(wanted));
		if (!name.empty() && memcmp(name.data(), wanted, sizeof(wanted)) == 0)
			return Slice(file, sections[i].sh_offset, sections[i].sh_size);
	}
	return {};
}

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

Names NamesIn(const Types &types)
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
	explicit Cut(const Types &kernel) : kernel_(kernel), marks_(kernel.starts.size())
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

	const Types &kernel_;
	std::vector<uint8_t> marks_;
	std::vector<uint32_t> left_;
	std::string strings_;
	std::unordered_map<uint32_t, uint32_t> names_;
};

// All types of the running kernel, or none where they cannot be had. Since 6.16 (a539e2a6d51d) the
// file can be mapped, which takes no memory of this process; before, it is read page by page.
class AllTypes
{
      public:
	AllTypes()
	{
		int file = open(own_types, O_RDONLY | O_CLOEXEC);
		struct stat about = {};
		if (file < 0)
			return;
		if (fstat(file, &about) == 0 && about.st_size > 0)
			Get(file, about.st_size);
		close(file);
	}

	~AllTypes()
	{
		if (mapped_ != MAP_FAILED)
			munmap(mapped_, bytes_.size());
	}

	AllTypes(const AllTypes &) = delete;
	AllTypes &operator=(const AllTypes &) = delete;

	Bytes bytes() const
	{
		return bytes_;
	}

      private:
	void Get(int file, size_t size)
	{
		mapped_ = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
		if (mapped_ != MAP_FAILED) {
			bytes_ = Bytes(static_cast<const uint8_t *>(mapped_), size);
			return;
		}
		read_.reset(new uint8_t[size]);
		size_t have = 0;
		ssize_t more;
		while (have < size && (more = read(file, &read_[have], size - have)) > 0)
			have += more;
		bytes_ = Bytes(read_.get(), have);
	}

	void *mapped_ = MAP_FAILED;
	std::unique_ptr<uint8_t[]> read_;
	Bytes bytes_;
};

// In memory; empty on failure. The descriptor stays open, since the file is named by it.
std::string Store(const std::string &content)
{
	int file = memfd_create("kernel-types", MFD_CLOEXEC);
	if (file < 0)
		return "";
	if (write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
		close(file);
		return "";
	}
	return "/proc/self/fd/" + std::to_string(file);
}

} // namespace

std::string CutKernelTypes(const std::vector<uint8_t> &object)
{
	static std::mutex mutex;
	// Every variant of a tool is the same object.
	static std::unordered_map<size_t, std::string> made;

	Bytes own = TypesOf(Bytes(object.data(), object.size()));
	Types wanted, kernel;
	if (!Parse(own, wanted))
		return "";
	std::lock_guard<std::mutex> lock(mutex);
	std::string_view key(reinterpret_cast<const char *>(own.data()), own.size());
	std::string &path = made[std::hash<std::string_view>()(key)];
	if (!path.empty())
		return path;
	AllTypes all;
	if (!Parse(all.bytes(), kernel))
		return "";
	Cut cut(kernel);
	cut.KeepNamed(NamesIn(wanted));
	path = Store(cut.Write());
	return path;
}
