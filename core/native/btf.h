// A kernel's or a module's type information.
#pragma once

#include <napi.h>

#include "environment.h"

struct btf;

class Btf : public Resource
{
      public:
	static constexpr napi_type_tag kTag = {0xd53c1f7a66b04f0cULL, 0xb1e02f94c87d3a15ULL};
	static constexpr const char *kName = "btf";
	static void Define(Napi::Env env);
	static Napi::Value Open(const Napi::CallbackInfo &info);

	// `base` is null, or what a module's types are split from.
	Btf(Environment &environment, btf *types, btf *base);
	~Btf() override;
	void Close() override;
	bool closed() const
	{
		return types_ == nullptr;
	}

      private:
	Napi::Value Find(const Napi::CallbackInfo &info);
	Napi::Value Arguments(const Napi::CallbackInfo &info);
	Napi::Value Raw(const Napi::CallbackInfo &info);
	Napi::Value CloseIt(const Napi::CallbackInfo &info);

	Environment &environment_;
	btf *types_;
	btf *base_;
};
