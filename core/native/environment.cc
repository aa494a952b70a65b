// Per-environment state, and the cleanup hook that releases everything when a thread or the process
// ends.
#include "environment.h"

namespace
{

// Instance data is a raw pointer; loop handles keep the shared one, so that it outlives the last of
// them.
struct Slot {
	std::shared_ptr<Environment> environment;
};

} // namespace

Environment::Environment(napi_env env)
{
	napi_get_uv_event_loop(env, &loop);
}

void Environment::Install(Napi::Env env)
{
	auto slot = new Slot{std::make_shared<Environment>(env)};
	env.SetInstanceData<Slot>(slot);
	// Asynchronous, because uv_close() needs a turn of the loop before a handle's memory may
	// go.
	napi_add_async_cleanup_hook(env, End, slot->environment.get(), nullptr);
}

Environment &Environment::Of(Napi::Env env)
{
	return *env.GetInstanceData<Slot>()->environment;
}

void Environment::Add(Resource *resource)
{
	resources_.insert(resource);
}

void Environment::Remove(Resource *resource)
{
	resources_.erase(resource);
}

void Environment::HandleOpened()
{
	handles_++;
}

void Environment::HandleClosed()
{
	handles_--;
	EndWhenIdle();
}

void Environment::End(napi_async_cleanup_hook_handle hook, void *data)
{
	auto self = static_cast<Environment *>(data)->shared_from_this();
	while (!self->resources_.empty()) {
		Resource *resource = *self->resources_.begin();
		self->resources_.erase(resource);
		resource->Close();
	}
	self->ending_ = hook;
	self->EndWhenIdle();
}

void Environment::EndWhenIdle()
{
	if (ending_ == nullptr || handles_ > 0)
		return;
	auto hook = ending_;
	ending_ = nullptr;
	napi_remove_async_cleanup_hook(hook);
}
