// Watching a pipe or socket for its reader going away.
#pragma once

#include <memory>

#include <napi.h>

#include "loop.h"

class Hangup : public Resource, public std::enable_shared_from_this<Hangup>
{
      public:
	static constexpr napi_type_tag kTag = {0x71c5ae029d384f66ULL, 0xa7b83e5f10d2946cULL};
	static constexpr const char *kName = "watch";
	static void Define(Napi::Env env);
	static Napi::Value Watch(const Napi::CallbackInfo &info);

	explicit Hangup(Napi::Env env);
	~Hangup() override;
	int Open(int fd);
	void Start(Napi::Object self, Napi::Function on_hangup);
	void Close() override;
	bool closed() const
	{
		return epoll_ < 0;
	}

      private:
	Napi::Value CloseIt(const Napi::CallbackInfo &info);
	void OnEvent();

	Napi::Env env_;
	Environment &environment_;
	int epoll_;
	std::unique_ptr<Poll> poll_;
	Napi::ObjectReference self_;
	Napi::FunctionReference on_hangup_;
};
