// Native classes for JavaScript: tagged, owned by shared pointers, and safe against a foreign
// `this`.
#pragma once

#include <memory>
#include <new>
#include <string>

#include <napi.h>

#include "environment.h"
#include "log.h"

// Runs a native function: what it throws becomes a JavaScript exception, what libbpf said is
// delivered.
template <class Body> napi_value Guard(napi_env env, Body body)
{
	try {
		LogScope log(env);
		napi_value result = body();
		log.Deliver();
		return result;
	} catch (const Napi::Error &error) {
		error.ThrowAsJavaScriptException();
	} catch (const std::bad_alloc &) {
		napi_throw_error(env, "ENOMEM", "out of memory");
	} catch (const std::exception &error) {
		napi_throw_error(env, nullptr, error.what());
	}
	return nullptr;
}

// A plain function of the addon.
template <Napi::Value (*function)(const Napi::CallbackInfo &)>
napi_value Export(napi_env env, napi_callback_info raw)
{
	return Guard(env, [&]() -> napi_value {
		Napi::CallbackInfo info(env, raw);
		return function(info);
	});
}

// The native side of an object made by Wrap(). T has kTag, kName and closed().
template <class T> std::shared_ptr<T> Unwrap(const Napi::CallbackInfo &info)
{
	Napi::Value self = info.This();
	bool ours = false;
	if (self.IsObject())
		napi_check_object_type_tag(info.Env(), self, &T::kTag, &ours);
	void *slot = nullptr;
	if (!ours || napi_unwrap(info.Env(), self, &slot) != napi_ok)
		throw Napi::TypeError::New(info.Env(), std::string("this is not a ") + T::kName);
	return *static_cast<std::shared_ptr<T> *>(slot);
}

template <class T> void RequireOpen(Napi::Env env, const T &self)
{
	if (self.closed())
		throw Napi::Error::New(env, std::string(T::kName) + " is closed");
}

enum class When { open, always };

// A method. The shared pointer on the stack keeps the native side alive when JavaScript called from
// it closes it.
template <class T, Napi::Value (T::*method)(const Napi::CallbackInfo &), When when = When::open>
napi_value Method(napi_env env, napi_callback_info raw)
{
	return Guard(env, [&]() -> napi_value {
		Napi::CallbackInfo info(env, raw);
		std::shared_ptr<T> self = Unwrap<T>(info);
		if (when == When::open)
			RequireOpen(info.Env(), *self);
		return (self.get()->*method)(info);
	});
}

inline napi_property_descriptor Property(const char *name, napi_callback method)
{
	return {name, nullptr, method, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

template <class T> napi_value Construct(napi_env env, napi_callback_info raw)
{
	return Guard(env, [&]() -> napi_value {
		Napi::CallbackInfo info(env, raw);
		Environment &environment = Environment::Of(env);
		if (environment.constructing == nullptr)
			throw Napi::TypeError::New(env, "Illegal constructor");
		auto slot = static_cast<std::shared_ptr<T> *>(environment.constructing);
		environment.constructing = nullptr;
		auto owned = std::make_unique<std::shared_ptr<T>>(*slot);
		auto finalize = [](napi_env, void *data, void *) {
			delete static_cast<std::shared_ptr<T> *>(data);
		};
		if (napi_type_tag_object(env, info.This(), &T::kTag) != napi_ok ||
		    napi_wrap(env, info.This(), owned.get(), finalize, nullptr, nullptr) != napi_ok)
			throw Napi::Error::New(env);
		owned.release();
		return info.This();
	});
}

template <class T, size_t count>
Napi::FunctionReference DefineClass(Napi::Env env, const napi_property_descriptor (&methods)[count])
{
	napi_value constructor;
	if (napi_define_class(env, T::kName, NAPI_AUTO_LENGTH, Construct<T>, nullptr, count,
	                      methods, &constructor) != napi_ok)
		throw Napi::Error::New(env);
	return Napi::Persistent(Napi::Function(env, constructor));
}

// The JavaScript object of a native one; the garbage collector then owns a share of it.
template <class T>
Napi::Object Wrap(Napi::Env env, const Napi::FunctionReference &constructor,
                  std::shared_ptr<T> native)
{
	Environment &environment = Environment::Of(env);
	environment.constructing = &native;
	napi_value object = nullptr;
	napi_status status = napi_new_instance(env, constructor.Value(), 0, nullptr, &object);
	environment.constructing = nullptr;
	if (status != napi_ok)
		throw Napi::Error::New(env);
	return Napi::Object(env, object);
}
