// Questions to a kernel's type information.
#include "btf.h"

#include <cerrno>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "arguments.h"
#include "wrap.h"

void Btf::Define(Napi::Env env)
{
	const napi_property_descriptor methods[] = {
	        Property("find", Method<Btf, &Btf::Find>),
	        Property("arguments", Method<Btf, &Btf::Arguments>),
	        Property("raw", Method<Btf, &Btf::Raw>),
	        Property("close", Method<Btf, &Btf::CloseIt, When::always>),
	};
	Environment::Of(env).btf_class = DefineClass<Btf>(env, methods);
}

Napi::Value Btf::Open(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string path, module;
	if (!info[0].IsUndefined()) {
		Napi::Object options = TakeObject(info[0], "options");
		path = TakeOptionalText(options, "path");
		module = TakeOptionalText(options, "module");
	}
	if (module.find('/') != std::string::npos)
		throw Napi::TypeError::New(env, "module must be a module's name");
	errno = 0;
	btf *base = nullptr;
	// With a module, `path` is what its types are split from.
	btf *types = path.empty() ? btf__load_vmlinux_btf() : btf__parse(path.c_str(), nullptr);
	if (types != nullptr && !module.empty()) {
		base = types;
		types = btf__load_module_btf(module.c_str(), base);
	}
	if (types == nullptr) {
		int error = errno > 0 ? -errno : -EINVAL;
		btf__free(base);
		return Napi::Number::New(env, error);
	}
	Environment &environment = Environment::Of(env);
	return Wrap(env, environment.btf_class, std::make_shared<Btf>(environment, types, base));
}

Btf::Btf(Environment &environment, btf *types, btf *base)
    : environment_(environment), types_(types), base_(base)
{
	environment_.Add(this);
}

Btf::~Btf()
{
	Close();
}

void Btf::Close()
{
	if (closed())
		return;
	environment_.Remove(this);
	btf__free(types_);
	btf__free(base_);
	types_ = nullptr;
	base_ = nullptr;
}

Napi::Value Btf::Find(const Napi::CallbackInfo &info)
{
	std::string name = TakeText(info[0], "name");
	auto kind = static_cast<__u32>(TakeInteger(info[1], "kind", 1, 31));
	return Napi::Number::New(info.Env(), btf__find_by_name_kind(types_, name.c_str(), kind));
}

Napi::Value Btf::Arguments(const Napi::CallbackInfo &info)
{
	auto id = static_cast<__u32>(TakeInteger(info[0], "type", 1, UINT32_MAX));
	// func → prototype; typedef btf_trace_x → pointer → prototype. Bounded, because a file may
	// hold a cycle.
	for (int steps = 0; steps < 16; steps++) {
		const btf_type *type = btf__type_by_id(types_, id);
		if (type == nullptr)
			return Napi::Number::New(info.Env(), -ENOENT);
		if (btf_is_func_proto(type))
			return Napi::Number::New(info.Env(), btf_vlen(type));
		if (!btf_is_func(type) && !btf_is_typedef(type) && !btf_is_ptr(type))
			break;
		id = type->type;
	}
	return Napi::Number::New(info.Env(), -EINVAL);
}

Napi::Value Btf::Raw(const Napi::CallbackInfo &info)
{
	__u32 size = 0;
	const void *data = btf__raw_data(types_, &size);
	return CopyBytes(info.Env(), data, data != nullptr ? size : 0);
}

Napi::Value Btf::CloseIt(const Napi::CallbackInfo &info)
{
	Close();
	return info.Env().Undefined();
}
