// What one JavaScript environment (the main thread or a worker) owns, and its release when that
// ends.
#pragma once

#include <memory>
#include <set>

#include <napi.h>
#include <uv.h>

// Something that holds kernel or event loop resources and must give them back when the environment
// ends.
class Resource
{
      public:
	virtual ~Resource() = default;
	// Idempotent; never runs JavaScript.
	virtual void Close() = 0;
};

class Environment : public std::enable_shared_from_this<Environment>
{
      public:
	static void Install(Napi::Env env);
	static Environment &Of(Napi::Env env);

	explicit Environment(napi_env env);

	void Add(Resource *resource);
	void Remove(Resource *resource);

	// Handles of the event loop close asynchronously; the environment waits for the last of
	// them.
	void HandleOpened();
	void HandleClosed();

	uv_loop_t *loop = nullptr;
	Napi::FunctionReference log;
	Napi::FunctionReference object_class;
	Napi::FunctionReference stream_class;
	Napi::FunctionReference btf_class;
	Napi::FunctionReference hangup_class;
	Napi::FunctionReference row_writer_class;
	// What the next constructor call wraps; null while JavaScript calls a constructor on its
	// own.
	void *constructing = nullptr;

      private:
	static void End(napi_async_cleanup_hook_handle hook, void *data);
	void EndWhenIdle();

	std::set<Resource *> resources_;
	int handles_ = 0;
	napi_async_cleanup_hook_handle ending_ = nullptr;
};
