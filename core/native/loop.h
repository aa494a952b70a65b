// A timer, a next turn and a poll watcher on the environment's event loop, whose memory outlives
// their closing.
#pragma once

#include <functional>
#include <memory>

#include <uv.h>

#include "environment.h"

// A handle must stay in memory until the loop reports it closed, longer than its owner lives.
template <class Handle> class LoopHandle
{
      public:
	// `on_event` is called until the owner is destroyed or Close() is called.
	LoopHandle(Environment &environment, std::function<void(int status)> on_event)
	    : box_(new Box{{}, environment.shared_from_this(), std::move(on_event)})
	{
		box_->handle.data = box_;
	}
	~LoopHandle()
	{
		Close();
	}
	LoopHandle(const LoopHandle &) = delete;
	LoopHandle &operator=(const LoopHandle &) = delete;

	Handle *get() const
	{
		return &box_->handle;
	}
	// To be called once uv_*_init() succeeded.
	void Opened()
	{
		opened_ = true;
		box_->environment->HandleOpened();
	}
	void Close()
	{
		if (box_ == nullptr)
			return;
		Box *box = box_;
		box_ = nullptr;
		if (!opened_) {
			delete box;
			return;
		}
		box->closing = true;
		uv_close(reinterpret_cast<uv_handle_t *>(&box->handle), [](uv_handle_t *handle) {
			std::unique_ptr<Box> box(static_cast<Box *>(handle->data));
			box->environment->HandleClosed();
		});
	}
	static void Report(Handle *handle, int status)
	{
		auto box = static_cast<Box *>(handle->data);
		if (!box->closing)
			box->on_event(status);
	}

      private:
	struct Box {
		Handle handle;
		std::shared_ptr<Environment> environment;
		std::function<void(int)> on_event;
		bool closing = false;
	};
	Box *box_;
	bool opened_ = false;
};

class Timer : public LoopHandle<uv_timer_t>
{
      public:
	Timer(Environment &environment, std::function<void()> on_time);
	// Milliseconds; `repeat` 0 is once.
	void Start(uint64_t after, uint64_t repeat);
	void Stop();
};

// Calls back once, in the next turn of the loop. Not a timer of 0 ms: one that is started anew in
// its own callback runs again within the same turn (uv__run_timers() until libuv 1.49), and nothing
// else gets its turn.
class NextTurn : public LoopHandle<uv_idle_t>
{
      public:
	NextTurn(Environment &environment, std::function<void()> on_turn);
	void Start();
	void Stop();
};

// Watches a file descriptor for being readable.
class Poll : public LoopHandle<uv_poll_t>
{
      public:
	Poll(Environment &environment, std::function<void(int status)> on_readable);
	int Open(int fd);
	int Start();
	void Stop();
	// Lets the process end although this watch is on.
	void Unref();
};
