// What suits a process that lives long, mostly waits, and should stay small.
#include "process.h"

#include <ctime>

#include <dlfcn.h>
#include <malloc.h>

namespace process
{

namespace
{

// What is free is given back. By itself glibc would keep twice the largest block that was ever
// freed, which is the kernel's types.
void KeepLittle()
{
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, 128 << 10);
#endif
}

// What node:v8 calls, found by name, since loading that module loads all of Node's streams: as
// long as a tenth of Node's own start. Where there is no such function nothing is lost.
void SetFlags(const char *flags)
{
	void *found = dlsym(RTLD_DEFAULT, "_ZN2v82V818SetFlagsFromStringEPKc");
	if (found != nullptr)
		reinterpret_cast<void (*)(const char *)>(found)(flags);
}

int64_t Now(clockid_t clock)
{
	timespec now = {};
	clock_gettime(clock, &now);
	return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

} // namespace

Napi::Value SetUp(const Napi::CallbackInfo &info)
{
	KeepLittle();
	// Eight seconds after a heap has grown by its first megabyte V8 would collect garbage to
	// make it smaller: all the CPU that an idle tool uses. Said later, this changes nothing.
	SetFlags("--no-memory-reducer-for-small-heaps");
	return info.Env().Undefined();
}

Napi::Value EpochAtZero(const Napi::CallbackInfo &info)
{
	// In between lies the moment for which both hold.
	int64_t before = Now(CLOCK_MONOTONIC);
	int64_t real = Now(CLOCK_REALTIME);
	int64_t after = Now(CLOCK_MONOTONIC);
	return Napi::BigInt::New(info.Env(), real - (before + (after - before) / 2));
}

void GiveMemoryBack()
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

} // namespace process
