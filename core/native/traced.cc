#include "traced.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

namespace
{

// Of a type that needs none of the kernel's types, until libbpf has decided which of them to read.
constexpr bpf_prog_type waiting = BPF_PROG_TYPE_RAW_TRACEPOINT;

// Programs of sections such as fentry/X, and the kernel's type with the number that it is told: of
// which kind, and what comes before X in its name.
struct Way {
	const char *section;
	bpf_attach_type type;
	unsigned kind;
	const char *prefix;
};
constexpr Way ways[] = {
        {"tp_btf", BPF_TRACE_RAW_TP, BTF_KIND_TYPEDEF, "btf_trace_"},
        {"fentry", BPF_TRACE_FENTRY, BTF_KIND_FUNC, ""},
        {"fexit", BPF_TRACE_FEXIT, BTF_KIND_FUNC, ""},
};

// By section: what has been found holds as long as the kernel runs.
std::mutex mutex;
std::unordered_map<std::string, uint32_t> numbers;

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
		for (const Way &way : ways)
			if (section.name.substr(0, slash) == way.section)
				targets.push_back(
				        {way.kind,
				         way.prefix + std::string(section.name.substr(slash + 1)),
				         std::string(section.name)});
	}
	return targets;
}

// 0: not known.
uint32_t NumberOf(const char *section)
{
	std::lock_guard<std::mutex> lock(mutex);
	auto found = numbers.find(section);
	return found == numbers.end() ? 0 : found->second;
}

int Prepare(bpf_program *program, bpf_prog_load_opts *options, long)
{
	// bpf_program__set_attach_target() has set it otherwise.
	if (options->attach_btf_id == 0)
		options->attach_btf_id = NumberOf(bpf_program__section_name(program));
	// Nobody has said what it is for.
	if (options->attach_btf_id == 0)
		return -EINVAL;
	return bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
}

} // namespace

namespace traced
{

void TakeOverSections()
{
	static std::once_flag once;
	std::call_once(once, [] {
		libbpf_prog_handler_opts options = {};
		options.sz = sizeof(options);
		options.prog_prepare_load_fn = Prepare;
		// With `+` a name may follow.
		for (const Way &way : ways)
			libbpf_register_prog_handler((std::string(way.section) + "+").c_str(),
			                             waiting, way.type, &options);
	});
}

// The first of a name counts, as with libbpf.
void Note(const std::vector<ElfSection> &sections, const TypeTable &kernel)
{
	std::vector<Target> targets = TargetsOf(sections);
	std::lock_guard<std::mutex> lock(mutex);
	for (uint32_t id = 1; id < kernel.starts.size(); id++) {
		const btf_type *type = kernel.At(id);
		const char *name = kernel.Name(type->name_off);
		for (const Target &target : targets)
			if (target.kind == KindOf(type) && target.name[0] == name[0] &&
			    target.name == name)
				numbers.try_emplace(target.section, id);
	}
}

bool Is(const bpf_program *program)
{
	for (const Way &way : ways)
		if (bpf_program__expected_attach_type(program) == way.type)
			return true;
	return false;
}

int FindTarget(bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *slash = strchr(section, '/');
	if (slash == nullptr || NumberOf(section) != 0)
		return 0;
	return bpf_program__set_attach_target(program, 0, slash + 1);
}

} // namespace traced
