// The stream's states: when it reads, and when it lets the kernel wake it.
#include "stream.h"

#include "callback.h"

Stream::Stream(Napi::Env env, std::shared_ptr<BpfObject> object, bpf_map *map,
               const StreamPolicy &policy)
    : env_(env), environment_(Environment::Of(env)), object_(std::move(object)), map_(map),
      policy_(policy), batch_(policy.batch_bytes)
{
	environment_.Add(this);
}

Stream::~Stream()
{
	Close();
}

int Stream::Open(uint32_t *awake)
{
	int error = ring_.Open(map_);
	if (error < 0)
		return error;
	awake_ = awake;
	// Shared by weak pointer: an event already on its way must not reach a destroyed stream.
	std::weak_ptr<Stream> weak = weak_from_this();
	poll_ = std::make_unique<Poll>(environment_, [weak](int) {
		if (auto self = weak.lock())
			ProtectLoop(self->env_, [&] { self->OnWakeUp(); });
	});
	timer_ = std::make_unique<Timer>(environment_, [weak] {
		if (auto self = weak.lock())
			ProtectLoop(self->env_, [&] { self->OnTimer(); });
	});
	next_turn_ = std::make_unique<NextTurn>(environment_, [weak] {
		if (auto self = weak.lock())
			ProtectLoop(self->env_, [&] { self->OnNextTurn(); });
	});
	error = poll_->Open(ring_.fd());
	return error == 0 ? poll_->Start() : error;
}

void Stream::Start(Napi::Object self, Napi::Object object, Napi::Function on_batch)
{
	self_ = Napi::Persistent(self);
	owner_ = Napi::Persistent(object);
	on_batch_ = Napi::Persistent(on_batch);
	napi_async_init(env_, self, Napi::String::New(env_, "snoopkit:stream"), &context_);
	// The first look is at once: the ring may hold records already.
	more_ = true;
	WakeUp();
}

void Stream::Close()
{
	if (closed())
		return;
	// Nobody reads any more: the kernel side need not wake anybody.
	SetAwake(1);
	awake_ = nullptr;
	state_ = State::closed;
	environment_.Remove(this);
	poll_.reset();
	timer_.reset();
	next_turn_.reset();
	object_->Forget(map_);
	if (!reading_)
		Release();
}

// Apart from Close(), because that may be called from inside the callback.
void Stream::Release()
{
	ring_.Close();
	batch_.Release();
	if (context_ != nullptr)
		napi_async_destroy(env_, context_);
	context_ = nullptr;
	on_batch_.Reset();
	owner_.Reset();
	self_.Reset();
}

void Stream::SetAwake(uint32_t value)
{
	if (awake_ == nullptr)
		return;
	__atomic_store_n(awake_, value, __ATOMIC_SEQ_CST);
	// Before the next look at the ring: a record sent by a program that still read 1 must be
	// seen by it.
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// Hands over one batch; returns its number of records and notes in more_ whether there is another.
uint32_t Stream::Read(Call call)
{
	Napi::HandleScope scope(env_);
	more_ = ring_.Fill(env_, batch_);
	reading_ = true;
	uint32_t count = batch_.count();
	if (count > 0) {
		napi_value arguments[3] = {batch_.bytes(), batch_.spans(),
		                           Napi::Number::New(env_, count)};
		if (call == Call::from_loop)
			CallFromLoop(env_, context_, self_.Value(), on_batch_.Value(), 3,
			             arguments);
		else
			napi_call_function(env_, self_.Value(), on_batch_.Value(), 3, arguments,
			                   nullptr);
	}
	reading_ = false;
	if (closed())
		Release();
	return count;
}

void Stream::WakeUp()
{
	state_ = State::awake;
	quiet_ = 0;
	SetAwake(1);
	timer_->Start(policy_.interval, policy_.interval);
	if (more_)
		next_turn_->Start();
}

// Here as below: one batch a turn of the event loop, so that signals and stdout get theirs.
void Stream::OnWakeUp()
{
	ring_.Rearm();
	if (state_ == State::idle || state_ == State::last_look) {
		more_ = false;
		WakeUp();
	}
	// With more to come, the next turn is on its way.
	if (!more_)
		OnNextTurn();
}

void Stream::OnNextTurn()
{
	if (state_ != State::awake || reading_)
		return;
	if (Read(Call::from_loop) > 0)
		quiet_ = 0;
	if (state_ == State::awake && more_)
		next_turn_->Start();
}

void Stream::OnTimer()
{
	State before = state_;
	if ((before != State::awake && before != State::last_look) || more_ || reading_)
		return;
	uint32_t count = Read(Call::from_loop);
	if (state_ != before)
		return;
	if (before == State::last_look) {
		state_ = State::idle;
		if (count > 0)
			WakeUp();
		return;
	}
	quiet_ = count > 0 ? 0 : quiet_ + 1;
	if (more_)
		next_turn_->Start();
	else if (quiet_ >= policy_.quiet_ticks)
		GoToSleep();
}

void Stream::GoToSleep()
{
	SetAwake(0);
	uint32_t count = Read(Call::from_loop);
	if (state_ != State::awake)
		return;
	if (count > 0) {
		WakeUp();
		return;
	}
	// A program may have read 1 just before and send only now: one look more, then nothing runs
	// at all.
	state_ = State::last_look;
	timer_->Start(policy_.last_look, 0);
}
