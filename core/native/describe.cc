// What an object says of itself: programs, maps, types.
#include "object.h"

#include <cstring>

#include <bpf/btf.h>

#include "arguments.h"

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
