// A ring buffer on the event loop: sleeps while nothing happens, polls by timer while events flow.
#pragma once

#include <memory>

#include <napi.h>

#include "batch.h"
#include "loop.h"
#include "object.h"
#include "ring.h"

struct StreamPolicy {
	uint64_t interval;
	uint64_t quiet_ticks;
	uint64_t last_look;
	size_t batch_bytes;
};

class Stream : public Resource, public std::enable_shared_from_this<Stream>
{
      public:
	static constexpr napi_type_tag kTag = {0x2f7f0b7d8c1e4b53ULL, 0x8a64c2f19be05d7aULL};
	static constexpr const char *kName = "stream";
	static void Define(Napi::Env env);

	Stream(Napi::Env env, std::shared_ptr<BpfObject> object, bpf_map *map,
	       const StreamPolicy &policy);
	~Stream() override;
	// `awake` may be null. 0 or -errno.
	int Open(uint32_t *awake);
	void Start(Napi::Object self, Napi::Object object, Napi::Function on_batch);
	void Close() override;
	bool closed() const
	{
		return state_ == State::closed;
	}

      private:
	// idle: only a wake-up by the kernel brings us here. last_look: the same, with one look by
	// timer to come.
	enum class State { idle, awake, last_look, paused, closed };

	Napi::Value Drain(const Napi::CallbackInfo &info);
	Napi::Value Pause(const Napi::CallbackInfo &info);
	Napi::Value Resume(const Napi::CallbackInfo &info);
	Napi::Value CloseIt(const Napi::CallbackInfo &info);

	void OnWakeUp();
	void OnTimer();
	void OnNextTurn();
	void WakeUp();
	void GoToSleep();
	void SetAwake(uint32_t value);
	enum class Call { from_loop, from_javascript };
	uint32_t Read(Call call);
	void Release();

	Napi::Env env_;
	Environment &environment_;
	std::shared_ptr<BpfObject> object_;
	bpf_map *map_;
	StreamPolicy policy_;
	State state_ = State::paused;
	uint32_t *awake_ = nullptr;
	uint64_t quiet_ = 0;
	bool more_ = false;
	bool reading_ = false;
	Ring ring_;
	Batch batch_;
	std::unique_ptr<Timer> timer_;
	std::unique_ptr<NextTurn> next_turn_;
	std::unique_ptr<Poll> poll_;
	Napi::ObjectReference self_;
	Napi::ObjectReference owner_;
	Napi::FunctionReference on_batch_;
	napi_async_context context_ = nullptr;
};
