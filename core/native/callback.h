// Calling JavaScript from the event loop: what it throws is an uncaught exception, as in any
// Node.js callback.
#pragma once

#include <napi.h>

void CallFromLoop(napi_env env, napi_async_context context, napi_value self, napi_value function,
                  size_t count, const napi_value *arguments);

// Runs native code in a callback of the loop: no C++ exception may pass through libuv.
template <class Body> void ProtectLoop(napi_env env, Body body)
{
	try {
		body();
	} catch (const Napi::Error &error) {
		Napi::HandleScope scope(env);
		napi_fatal_exception(env, error.Value());
	}
}
