// Settings of the whole process, for one that is a tool and nothing else.
#pragma once

#include <csignal>

#include <napi.h>

namespace process
{

// While it lives this thread is sent no signals; what comes meanwhile comes afterwards.
class SignalsHeld
{
      public:
	SignalsHeld()
	{
		sigset_t all;
		sigfillset(&all);
		pthread_sigmask(SIG_BLOCK, &all, &before_);
	}
	~SignalsHeld()
	{
		pthread_sigmask(SIG_SETMASK, &before_, nullptr);
	}
	SignalsHeld(const SignalsHeld &) = delete;
	SignalsHeld &operator=(const SignalsHeld &) = delete;

      private:
	sigset_t before_;
};

Napi::Value SetUp(const Napi::CallbackInfo &info);
Napi::Value EpochAtZero(const Napi::CallbackInfo &info);

// After work that has needed many times the memory it keeps.
void GiveMemoryBack();

} // namespace process
