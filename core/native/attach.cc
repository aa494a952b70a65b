// Attaching programs, detaching them, and what the kernel says about a loaded one.
#include "object.h"

#include <cerrno>

#include <bpf/bpf.h>

#include "arguments.h"
#include "traced.h"
#include "wrap.h"

namespace
{

struct Target {
	std::string kind;
	std::string category;
	std::string name;
};

Target TakeTarget(Napi::Value value)
{
	if (value.IsUndefined())
		return {};
	Napi::Object object = TakeObject(value, "target");
	Target target;
	target.kind = TakeText(object.Get("kind"), "target.kind");
	if (target.kind == "kprobe" || target.kind == "kretprobe" ||
	    target.kind == "kretprobe.multi") {
		target.name = TakeText(object.Get("function"), "target.function");
	} else if (target.kind == "tracepoint") {
		target.category = TakeText(object.Get("category"), "target.category");
		target.name = TakeText(object.Get("name"), "target.name");
	} else if (target.kind == "raw_tracepoint") {
		target.name = TakeText(object.Get("name"), "target.name");
	} else {
		throw Napi::TypeError::New(value.Env(), "target.kind is not known: " + target.kind);
	}
	return target;
}

bpf_link *AttachMulti(bpf_program *program, const std::string &function)
{
	const char *name = function.c_str();
	bpf_kprobe_multi_opts options = {};
	options.sz = sizeof(options);
	options.syms = &name;
	options.cnt = 1;
	options.retprobe = true;
	return bpf_program__attach_kprobe_multi_opts(program, nullptr, &options);
}

bpf_link *AttachTo(bpf_program *program, const Target &target)
{
	if (target.kind == "kprobe" || target.kind == "kretprobe")
		return bpf_program__attach_kprobe(program, target.kind == "kretprobe",
		                                  target.name.c_str());
	if (target.kind == "kretprobe.multi")
		return AttachMulti(program, target.name);
	if (target.kind == "tracepoint")
		return bpf_program__attach_tracepoint(program, target.category.c_str(),
		                                      target.name.c_str());
	if (target.kind == "raw_tracepoint")
		return bpf_program__attach_raw_tracepoint(program, target.name.c_str());
	// Their sections have no handler any more that would say so.
	if (traced::Is(program))
		return bpf_program__attach_trace(program);
	return bpf_program__attach(program);
}

/** The head of struct bpf_link_info (include/uapi/linux/bpf.h) of the links of kprobes, as it is
 * since 6.7. `missed`: hits while another kprobe ran on that CPU, and returns for which there was
 * no instance. */
struct KprobeLink {
	uint32_t type, id, program, pad;
	union {
		struct {
			/** enum bpf_perf_event_type. */
			uint32_t event, pad;
			uint64_t function;
			uint32_t function_length, offset;
			uint64_t address;
			uint64_t missed;
		} one;
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed;
		} many;
	};
};
constexpr uint32_t kPerfEvent = 7, kKprobeMulti = 8, kKprobe = 3, kKretprobe = 4;

/** 0 where the kernel does not say it: before 6.7 (3acf8ace6823). */
uint64_t MissesOf(const bpf_link *link)
{
	KprobeLink kernel = {};
	__u32 size = sizeof(kernel);
	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &kernel, &size) < 0 || size < sizeof(kernel))
		return 0;
	if (kernel.type == kKprobeMulti)
		return kernel.many.missed;
	const bool kprobe = kernel.type == kPerfEvent &&
	                    (kernel.one.event == kKprobe || kernel.one.event == kKretprobe);
	return kprobe ? kernel.one.missed : 0;
}

} // namespace

Napi::Value BpfObject::Attach(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = TakeText(info[0], "program");
	Target target = TakeTarget(info[1]);
	// Reading the target may have run a getter.
	RequireOpen(env, *this);
	bpf_program *program = FindProgram(name);
	if (program == nullptr)
		return Napi::Number::New(env, -ENOENT);
	if (bpf_program__fd(program) < 0)
		return Napi::Number::New(env, -EINVAL);
	errno = 0;
	bpf_link *link = AttachTo(program, target);
	if (link == nullptr)
		return Napi::Number::New(env, errno > 0 ? -errno : -EINVAL);
	links_[next_link_] = {link, name};
	return Napi::Number::New(env, next_link_++);
}

Napi::Value BpfObject::Detach(const Napi::CallbackInfo &info)
{
	auto found = links_.find(static_cast<int>(TakeInteger(info[0], "link", 0, INT32_MAX)));
	if (found == links_.end())
		return Napi::Number::New(info.Env(), -ENOENT);
	const Link &link = found->second;
	missed_[link.program] += MissesOf(link.link);
	int error = bpf_link__destroy(link.link);
	links_.erase(found);
	return Napi::Number::New(info.Env(), error);
}

uint64_t BpfObject::Missed(const std::string &program) const
{
	auto before = missed_.find(program);
	uint64_t missed = before == missed_.end() ? 0 : before->second;
	for (const auto &[number, link] : links_)
		missed += link.program == program ? MissesOf(link.link) : 0;
	return missed;
}

Napi::Value BpfObject::Info(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = TakeText(info[0], "program");
	bpf_program *program = FindProgram(name);
	if (program == nullptr)
		return Napi::Number::New(env, -ENOENT);
	int fd = bpf_program__fd(program);
	if (fd < 0)
		return Napi::Number::New(env, -EINVAL);
	bpf_prog_info kernel = {};
	__u32 size = sizeof(kernel);
	// Not bpf_prog_get_info_by_fd(), which came with libbpf 1.2.
	if (bpf_obj_get_info_by_fd(fd, &kernel, &size) < 0)
		return Napi::Number::New(env, -errno);
	Napi::Object result = Napi::Object::New(env);
	result["id"] = static_cast<double>(kernel.id);
	result["runs"] = Napi::BigInt::New(env, static_cast<uint64_t>(kernel.run_cnt));
	result["runTimeNs"] = Napi::BigInt::New(env, static_cast<uint64_t>(kernel.run_time_ns));
	result["missed"] = Napi::BigInt::New(
	        env, static_cast<uint64_t>(kernel.recursion_misses + Missed(name)));
	result["jitedBytes"] = static_cast<double>(kernel.jited_prog_len);
	return result;
}
