// Watching a descriptor for EPOLLERR and EPOLLHUP, which need no asking for.
#include "hangup.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

#include "arguments.h"
#include "callback.h"
#include "wrap.h"

void Hangup::Define(Napi::Env env)
{
	const napi_property_descriptor methods[] = {
	        Property("close", Method<Hangup, &Hangup::CloseIt, When::always>),
	};
	Environment::Of(env).hangup_class = DefineClass<Hangup>(env, methods);
}

Napi::Value Hangup::Watch(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	int fd = static_cast<int>(TakeInteger(info[0], "fd", 0, INT32_MAX));
	Napi::Function on_hangup = TakeFunction(info[1], "onHangup");
	auto watch = std::make_shared<Hangup>(env);
	int error = watch->Open(fd);
	if (error < 0)
		return Napi::Number::New(env, error);
	Napi::Object object = Wrap(env, Environment::Of(env).hangup_class, watch);
	watch->Start(object, on_hangup);
	return object;
}

Hangup::Hangup(Napi::Env env)
    : env_(env), environment_(Environment::Of(env)), epoll_(epoll_create1(EPOLL_CLOEXEC))
{
	environment_.Add(this);
}

Hangup::~Hangup()
{
	Close();
}

// The loop watches an epoll descriptor of ours that watches the caller's: uv_poll on that itself
// would set O_NONBLOCK for everybody who shares it, and clash with a watcher Node.js already has on
// it; and a dup() would keep the pipe open for its reader.
int Hangup::Open(int fd)
{
	if (epoll_ < 0)
		return -errno;
	// The number of a descriptor that was closed before may just have become ours.
	if (fd == epoll_)
		return -EBADF;
	epoll_event event = {};
	if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) < 0)
		return -errno;
	std::weak_ptr<Hangup> weak = weak_from_this();
	poll_ = std::make_unique<Poll>(environment_, [weak](int) {
		if (auto self = weak.lock())
			ProtectLoop(self->env_, [&] { self->OnEvent(); });
	});
	int error = poll_->Open(epoll_);
	if (error == 0)
		error = poll_->Start();
	if (error == 0)
		poll_->Unref();
	return error;
}

void Hangup::Start(Napi::Object self, Napi::Function on_hangup)
{
	self_ = Napi::Persistent(self);
	on_hangup_ = Napi::Persistent(on_hangup);
}

void Hangup::OnEvent()
{
	Napi::HandleScope scope(env_);
	Napi::Object self = self_.Value();
	Napi::Function on_hangup = on_hangup_.Value();
	Close();
	napi_async_context context = nullptr;
	napi_async_init(env_, self, Napi::String::New(env_, "snoopkit:hangup"), &context);
	CallFromLoop(env_, context, self, on_hangup, 0, nullptr);
	napi_async_destroy(env_, context);
}

void Hangup::Close()
{
	environment_.Remove(this);
	poll_.reset();
	if (epoll_ >= 0)
		close(epoll_);
	epoll_ = -1;
	on_hangup_.Reset();
	self_.Reset();
}

Napi::Value Hangup::CloseIt(const Napi::CallbackInfo &info)
{
	Close();
	return info.Env().Undefined();
}
