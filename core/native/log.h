// libbpf's log: collected while a call of an environment runs, handed to that environment at its
// end.
#pragma once

#include <string>
#include <vector>

#include <napi.h>

// Takes libbpf's lines for one call. libbpf's print function is global to the process, so the
// current taker is per thread; lines wait until the call is over because JavaScript must not run
// inside libbpf.
class LogScope
{
      public:
	explicit LogScope(napi_env env);
	~LogScope();
	LogScope(const LogScope &) = delete;
	LogScope &operator=(const LogScope &) = delete;

	// Calls JavaScript; an exception of its stays pending in the environment.
	void Deliver();

	struct Line {
		int level;
		std::string text;
	};

      private:
	napi_env env_;
	std::vector<Line> lines_;
	std::vector<Line> *outer_;
};

// Once a process: silences libbpf's own printing.
void TakeOverLog();
