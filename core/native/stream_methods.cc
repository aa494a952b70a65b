// What JavaScript can ask of a stream.
#include "stream.h"

#include <cerrno>

#include "wrap.h"

namespace
{

// Long enough never to fire; an active timer keeps the process alive while the stream is paused.
constexpr uint64_t kParked = 1ULL << 40;

} // namespace

void Stream::Define(Napi::Env env)
{
	const napi_property_descriptor methods[] = {
	        Property("drain", Method<Stream, &Stream::Drain>),
	        Property("pause", Method<Stream, &Stream::Pause>),
	        Property("resume", Method<Stream, &Stream::Resume>),
	        Property("close", Method<Stream, &Stream::CloseIt, When::always>),
	};
	Environment::Of(env).stream_class = DefineClass<Stream>(env, methods);
}

Napi::Value Stream::Drain(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	if (reading_)
		return Napi::Number::New(env, -EBUSY);
	State before = state_;
	double total = 0;
	size_t bytes = 0;
	// As much as the ring can have held at the start: a fast producer must not keep us here.
	do {
		total += Read(Call::from_javascript);
		bytes += batch_.used();
		if (env.IsExceptionPending())
			break;
	} while (more_ && state_ == before && bytes < ring_.size());
	if (more_ &&
	    (state_ == State::idle || state_ == State::last_look || state_ == State::awake))
		WakeUp();
	return Napi::Number::New(env, total);
}

Napi::Value Stream::Pause(const Napi::CallbackInfo &info)
{
	if (state_ != State::paused) {
		state_ = State::paused;
		SetAwake(1);
		poll_->Stop();
		next_turn_->Stop();
		timer_->Start(kParked, 0);
	}
	return info.Env().Undefined();
}

Napi::Value Stream::Resume(const Napi::CallbackInfo &info)
{
	if (state_ == State::paused) {
		poll_->Start();
		more_ = true;
		WakeUp();
	}
	return info.Env().Undefined();
}

Napi::Value Stream::CloseIt(const Napi::CallbackInfo &info)
{
	Close();
	return info.Env().Undefined();
}
