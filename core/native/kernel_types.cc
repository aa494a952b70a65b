// libbpf looks for each type that an object reads by comparing its name with those of all types of
// the kernel (bpf_core_add_cands), a hundred thousand and more, and where it finds none goes on to
// every module's. That is most of what loading takes. So it is given a file with only the types
// that the object's own name, and what they are made of, found in one pass.
//
// For what a program traces it would read all of them, and copy them, once more.
#include "kernel_types.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_sections.h"
#include "type_cut.h"
#include "type_table.h"

namespace
{

constexpr const char *own_types = "/sys/kernel/btf/vmlinux";

// Every variant of a tool is the same object, and what has been found holds as long as the kernel
// runs.
std::mutex mutex;
std::unordered_map<size_t, std::string> made;
std::unordered_map<std::string, uint32_t> traced;

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

	ByteView bytes() const
	{
		return bytes_;
	}

      private:
	void Get(int file, size_t size)
	{
		mapped_ = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
		if (mapped_ != MAP_FAILED) {
			bytes_ = ByteView(static_cast<const uint8_t *>(mapped_), size);
			return;
		}
		read_.reset(new uint8_t[size]);
		size_t have = 0;
		ssize_t more;
		while (have < size && (more = read(file, &read_[have], size - have)) > 0)
			have += more;
		bytes_ = ByteView(read_.get(), have);
	}

	void *mapped_ = MAP_FAILED;
	std::unique_ptr<uint8_t[]> read_;
	ByteView bytes_;
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

// What a section's program is for, as the kernel's types name it.
struct Target {
	unsigned kind;
	std::string name;
	std::string section;
};

std::vector<Target> TargetsOf(const std::vector<ElfSection> &sections)
{
	std::vector<Target> targets;
	for (const ElfSection &section : sections) {
		size_t slash = section.name.find('/');
		if (slash == std::string_view::npos)
			continue;
		std::string_view how = section.name.substr(0, slash);
		std::string what(section.name.substr(slash + 1));
		if (how == "tp_btf")
			targets.push_back(
			        {BTF_KIND_TYPEDEF, "btf_trace_" + what, std::string(section.name)});
		else if (how == "fentry" || how == "fexit")
			targets.push_back({BTF_KIND_FUNC, what, std::string(section.name)});
	}
	return targets;
}

// The first of a name counts, as with libbpf.
void Find(const std::vector<Target> &targets, const TypeTable &kernel)
{
	for (uint32_t id = 1; id < kernel.starts.size(); id++) {
		const btf_type *type = kernel.At(id);
		unsigned kind = KindOf(type);
		if (kind != BTF_KIND_FUNC && kind != BTF_KIND_TYPEDEF)
			continue;
		const char *name = kernel.Name(type->name_off).data();
		for (const Target &target : targets)
			if (target.kind == kind && target.name[0] == name[0] && target.name == name)
				traced.try_emplace(target.section, id);
	}
}

} // namespace

std::string CutKernelTypes(const std::vector<uint8_t> &object)
{
	std::vector<ElfSection> sections = SectionsOf(ByteView(object.data(), object.size()));
	ByteView own;
	for (const ElfSection &section : sections)
		if (section.name == ".BTF")
			own = section.content;
	TypeTable wanted, kernel;
	if (!ParseTypes(own, wanted))
		return "";
	std::lock_guard<std::mutex> lock(mutex);
	std::string_view key(reinterpret_cast<const char *>(own.data()), own.size());
	std::string &path = made[std::hash<std::string_view>()(key)];
	if (!path.empty())
		return path;
	AllTypes all;
	if (!ParseTypes(all.bytes(), kernel))
		return "";
	Find(TargetsOf(sections), kernel);
	path = Store(CutTypes(kernel, wanted));
	return path;
}

uint32_t TypeTraced(const std::string &section)
{
	std::lock_guard<std::mutex> lock(mutex);
	auto found = traced.find(section);
	return found == traced.end() ? 0 : found->second;
}
