// An object file from opening to loading and closing.
#include "object.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <bpf/btf.h>
#include <sys/mman.h>

#include "arguments.h"
#include "stream.h"
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

	LIBBPF_OPTS(bpf_object_open_opts, options);
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
		bpf_link__destroy(link);
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

Napi::Value BpfObject::Programs(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array list = Napi::Array::New(env);
	bpf_program *program;
	bpf_object__for_each_program(program, object_)
	{
		Napi::Object item = Napi::Object::New(env);
		item["name"] = bpf_program__name(program);
		item["section"] = bpf_program__section_name(program);
		item["autoload"] = Napi::Boolean::New(env, bpf_program__autoload(program));
		item["instructions"] = static_cast<double>(bpf_program__insn_cnt(program));
		list[list.Length()] = item;
	}
	return list;
}

Napi::Value BpfObject::Maps(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array list = Napi::Array::New(env);
	bpf_map *map;
	bpf_object__for_each_map(map, object_)
	{
		const char *name = bpf_map__name(map);
		// libbpf puts the object's name before ".rodata"; it finds the map by the section
		// alone.
		const char *section = bpf_map__is_internal(map) ? strchr(name, '.') : nullptr;
		Napi::Object item = Napi::Object::New(env);
		item["name"] = section != nullptr ? section : name;
		item["type"] = static_cast<double>(bpf_map__type(map));
		item["keySize"] = static_cast<double>(bpf_map__key_size(map));
		item["valueSize"] = static_cast<double>(bpf_map__value_size(map));
		item["maxEntries"] = static_cast<double>(bpf_map__max_entries(map));
		list[list.Length()] = item;
	}
	return list;
}

Napi::Value BpfObject::Btf(const Napi::CallbackInfo &info)
{
	btf *types = bpf_object__btf(object_);
	__u32 size = 0;
	const void *data = types != nullptr ? btf__raw_data(types, &size) : nullptr;
	return CopyBytes(info.Env(), data, data != nullptr ? size : 0);
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
	return Napi::Number::New(
	        info.Env(), program != nullptr
	                            ? bpf_program__set_attach_target(program, 0, target.c_str())
	                            : -ENOENT);
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
	int error = bpf_object__load(object_);
	if (error == 0)
		loaded_ = true;
	return Napi::Number::New(info.Env(), error);
}
