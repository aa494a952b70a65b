// An object file from opening to loading and closing.
#include "object.h"

#include <cerrno>
#include <vector>

#include <sys/mman.h>

#include "arguments.h"
#include "kernel_types.h"
#include "process.h"
#include "stream.h"
#include "traced.h"
#include "wrap.h"

void BpfObject::Define(Napi::Env env)
{
	const napi_property_descriptor methods[] = {
	        Property("programs", Method<BpfObject, &BpfObject::Programs>),
	        Property("maps", Method<BpfObject, &BpfObject::Maps>),
	        Property("btf", Method<BpfObject, &BpfObject::Btf>),
	        Property("setAutoload", Method<BpfObject, &BpfObject::SetAutoload>),
	        Property("setAttachTarget", Method<BpfObject, &BpfObject::SetAttachTarget>),
	        Property("setMaxEntries", Method<BpfObject, &BpfObject::SetMaxEntries>),
	        Property("setAutocreate", Method<BpfObject, &BpfObject::SetAutocreate>),
	        Property("reuseMap", Method<BpfObject, &BpfObject::ReuseMap>),
	        Property("data", Method<BpfObject, &BpfObject::Data>),
	        Property("setData", Method<BpfObject, &BpfObject::SetData>),
	        Property("load", Method<BpfObject, &BpfObject::Load>),
	        Property("attach", Method<BpfObject, &BpfObject::Attach>),
	        Property("detach", Method<BpfObject, &BpfObject::Detach>),
	        Property("info", Method<BpfObject, &BpfObject::Info>),
	        Property("lookup", Method<BpfObject, &BpfObject::Lookup>),
	        Property("update", Method<BpfObject, &BpfObject::Update>),
	        Property("delete", Method<BpfObject, &BpfObject::Delete>),
	        Property("entries", Method<BpfObject, &BpfObject::Entries>),
	        Property("stream", Method<BpfObject, &BpfObject::OpenStream>),
	        Property("close", Method<BpfObject, &BpfObject::CloseIt, When::always>),
	};
	Environment::Of(env).object_class = DefineClass<BpfObject>(env, methods);
}

Napi::Value BpfObject::Open(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name, kernel_btf;
	if (!info[1].IsUndefined()) {
		Napi::Object options = TakeObject(info[1], "options");
		name = TakeOptionalText(options, "name");
		kernel_btf = TakeOptionalText(options, "kernelBtf");
	}
	Bytes bytes = TakeBytes(info[0], "bytes");
	// A copy, because libelf wants alignment, and a SharedArrayBuffer could change while it is
	// parsed.
	std::vector<uint8_t> file(bytes.data, bytes.data + bytes.size);

	if (kernel_btf.empty())
		kernel_btf = CutKernelTypes(file);
	traced::TakeOverSections();
	bpf_object_open_opts options = {};
	options.sz = sizeof(options);
	options.object_name = name.empty() ? "object" : name.c_str();
	options.btf_custom_path = kernel_btf.empty() ? nullptr : kernel_btf.c_str();
	errno = 0;
	bpf_object *object = bpf_object__open_mem(file.data(), file.size(), &options);
	if (object == nullptr)
		return Napi::Number::New(env, errno > 0 ? -errno : -EINVAL);
	Environment &environment = Environment::Of(env);
	return Wrap(env, environment.object_class,
	            std::make_shared<BpfObject>(environment, object));
}

BpfObject::BpfObject(Environment &environment, bpf_object *object)
    : environment_(environment), object_(object)
{
	environment_.Add(this);
}

BpfObject::~BpfObject()
{
	Close();
}

void BpfObject::Close()
{
	if (closed())
		return;
	environment_.Remove(this);
	while (!streams_.empty())
		streams_.begin()->second->Close();
	for (auto &[number, link] : links_)
		bpf_link__destroy(link.link);
	links_.clear();
	for (auto &[map, mapping] : live_)
		munmap(mapping.memory, mapping.length);
	live_.clear();
	bpf_object__close(object_);
	object_ = nullptr;
}

Napi::Value BpfObject::CloseIt(const Napi::CallbackInfo &info)
{
	Close();
	return info.Env().Undefined();
}

bpf_program *BpfObject::FindProgram(const std::string &name) const
{
	return bpf_object__find_program_by_name(object_, name.c_str());
}

bpf_map *BpfObject::FindMap(const std::string &name) const
{
	return bpf_object__find_map_by_name(object_, name.c_str());
}

int BpfObject::MapFd(const bpf_map *map) const
{
	// From 1.4 libbpf holds a descriptor that is no map's for a map that was not created.
	return loaded_ && bpf_map__autocreate(map) ? bpf_map__fd(map) : -EBADF;
}

Napi::Value BpfObject::SetAutoload(const Napi::CallbackInfo &info)
{
	bpf_program *program = FindProgram(TakeText(info[0], "program"));
	bool on = TakeBoolean(info[1], "on");
	return Napi::Number::New(
	        info.Env(), program != nullptr ? bpf_program__set_autoload(program, on) : -ENOENT);
}

Napi::Value BpfObject::SetAttachTarget(const Napi::CallbackInfo &info)
{
	bpf_program *program = FindProgram(TakeText(info[0], "program"));
	std::string target = TakeText(info[1], "target");
	int error = -ENOENT;
	if (program != nullptr)
		error = bpf_program__set_attach_target(program, 0, target.c_str());
	if (error == 0)
		targeted_.insert(program);
	return Napi::Number::New(info.Env(), error);
}

int BpfObject::FindTargets()
{
	bpf_program *program;
	bpf_object__for_each_program(program, object_)
	{
		if (!bpf_program__autoload(program) || !traced::Is(program) ||
		    targeted_.count(program) != 0)
			continue;
		if (int error = traced::FindTarget(program))
			return error;
	}
	return 0;
}

Napi::Value BpfObject::SetMaxEntries(const Napi::CallbackInfo &info)
{
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	auto entries = static_cast<__u32>(TakeInteger(info[1], "entries", 1, UINT32_MAX));
	return Napi::Number::New(info.Env(),
	                         map != nullptr ? bpf_map__set_max_entries(map, entries) : -ENOENT);
}

Napi::Value BpfObject::SetAutocreate(const Napi::CallbackInfo &info)
{
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	bool on = TakeBoolean(info[1], "on");
	return Napi::Number::New(info.Env(),
	                         map != nullptr ? bpf_map__set_autocreate(map, on) : -ENOENT);
}

Napi::Value BpfObject::Load(const Napi::CallbackInfo &info)
{
	int error;
	{
		// A signal ends the verifier's work (EAGAIN), and after five libbpf gives up.
		process::SignalsHeld held;
		error = FindTargets();
		if (error == 0)
			error = bpf_object__load(object_);
	}
	if (error == 0)
		loaded_ = true;
	// It has taken the kernel's types apart.
	process::GiveMemoryBack();
	return Napi::Number::New(info.Env(), error);
}
