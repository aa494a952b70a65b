// libbpf looks for each type that an object reads by comparing its name with those of all types of
// the kernel (bpf_core_add_cands), a hundred thousand and more, and where it finds none goes on to
// every module's. That is most of what loading takes. So it is given a file with only the types
// that the object's own name, and what they are made of, found in one pass.
//
// For what a program traces it would read all of them, and copy them, once more.
#include "kernel_types.h"

#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_sections.h"
#include "traced.h"
#include "type_cut.h"
#include "type_table.h"

namespace
{

constexpr const char *own_types = "/sys/kernel/btf/vmlinux";

// Every variant of a tool is the same object.
std::mutex mutex;
std::unordered_map<size_t, std::string> made;

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
	traced::Note(sections, kernel);
	path = Store(CutTypes(kernel, wanted));
	return path;
}
