// Timer, next turn and poll watcher.
#include "loop.h"

Timer::Timer(Environment &environment, std::function<void()> on_time)
    : LoopHandle(environment, [on_time = std::move(on_time)](int) { on_time(); })
{
	uv_timer_init(environment.loop, get());
	Opened();
}

void Timer::Start(uint64_t after, uint64_t repeat)
{
	uv_timer_start(
	        get(), [](uv_timer_t *timer) { Report(timer, 0); }, after, repeat);
}

void Timer::Stop()
{
	uv_timer_stop(get());
}

NextTurn::NextTurn(Environment &environment, std::function<void()> on_turn)
    : LoopHandle(environment, [this, on_turn = std::move(on_turn)](int) {
	      Stop();
	      on_turn();
      })
{
	uv_idle_init(environment.loop, get());
	Opened();
}

void NextTurn::Start()
{
	uv_idle_start(get(), [](uv_idle_t *idle) { Report(idle, 0); });
}

void NextTurn::Stop()
{
	uv_idle_stop(get());
}

Poll::Poll(Environment &environment, std::function<void(int status)> on_readable)
    : LoopHandle(environment, std::move(on_readable))
{
	get()->loop = environment.loop;
}

int Poll::Open(int fd)
{
	int error = uv_poll_init(get()->loop, get(), fd);
	if (error == 0)
		Opened();
	return error;
}

int Poll::Start()
{
	return uv_poll_start(get(), UV_READABLE,
	                     [](uv_poll_t *poll, int status, int) { Report(poll, status); });
}

void Poll::Stop()
{
	uv_poll_stop(get());
}

void Poll::Unref()
{
	uv_unref(reinterpret_cast<uv_handle_t *>(get()));
}
