#include "traced.h"

#include <cerrno>
#include <cstring>
#include <mutex>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel_types.h"

namespace
{

// Of a type that needs none of the kernel's types, until libbpf has decided which of them to read.
constexpr bpf_prog_type waiting = BPF_PROG_TYPE_RAW_TRACEPOINT;

int Prepare(bpf_program *program, bpf_prog_load_opts *options, long)
{
	// bpf_program__set_attach_target() has set it otherwise.
	if (options->attach_btf_id == 0)
		options->attach_btf_id = TypeTraced(bpf_program__section_name(program));
	// Nobody has said what it is for.
	if (options->attach_btf_id == 0)
		return -EINVAL;
	return bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
}

void Handle(const char *sections, bpf_attach_type how)
{
	libbpf_prog_handler_opts options = {};
	options.sz = sizeof(options);
	options.prog_prepare_load_fn = Prepare;
	libbpf_register_prog_handler(sections, waiting, how, &options);
}

} // namespace

namespace traced
{

void TakeOverSections()
{
	static std::once_flag once;
	std::call_once(once, [] {
		// With `+` a name may follow.
		Handle("tp_btf+", BPF_TRACE_RAW_TP);
		Handle("fentry+", BPF_TRACE_FENTRY);
		Handle("fexit+", BPF_TRACE_FEXIT);
	});
}

bool Is(const bpf_program *program)
{
	switch (bpf_program__expected_attach_type(program)) {
	case BPF_TRACE_RAW_TP:
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
		return true;
	default:
		return false;
	}
}

int FindTarget(bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *slash = strchr(section, '/');
	if (slash == nullptr || TypeTraced(section) != 0)
		return 0;
	return bpf_program__set_attach_target(program, 0, slash + 1);
}

} // namespace traced
