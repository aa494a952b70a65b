// Calling JavaScript from the event loop.
#include "callback.h"

// Plain Node-API: node-addon-api's Error aborts the process when JavaScript can no longer run,
// which is what a callback finds after worker.terminate() or process.exit() in a worker.
void CallFromLoop(napi_env env, napi_async_context context, napi_value self, napi_value function,
                  size_t count, const napi_value *arguments)
{
	if (napi_make_callback(env, context, self, function, count, arguments, nullptr) == napi_ok)
		return;
	bool pending = false;
	napi_value exception;
	if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
	    napi_get_and_clear_last_exception(env, &exception) == napi_ok)
		napi_fatal_exception(env, exception);
}
