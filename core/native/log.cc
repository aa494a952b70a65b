// libbpf's log, without a word on stderr.
#include "log.h"

#include <cstdarg>
#include <cstdio>
#include <mutex>

#include <bpf/libbpf.h>

#include "environment.h"

namespace
{

thread_local std::vector<LogScope::Line> *taker = nullptr;

__attribute__((format(printf, 2, 0))) int Print(enum libbpf_print_level level, const char *format,
                                                va_list arguments)
{
	if (taker == nullptr)
		return 0;
	va_list measured;
	va_copy(measured, arguments);
	int length = vsnprintf(nullptr, 0, format, measured);
	va_end(measured);
	if (length <= 0)
		return 0;
	std::string text(static_cast<size_t>(length) + 1, '\0');
	vsnprintf(text.data(), text.size(), format, arguments);
	text.pop_back();
	while (!text.empty() && text.back() == '\n')
		text.pop_back();
	taker->push_back({static_cast<int>(level), std::move(text)});
	return length;
}

} // namespace

void TakeOverLog()
{
	static std::once_flag once;
	std::call_once(once, [] { libbpf_set_print(Print); });
}

LogScope::LogScope(napi_env env) : env_(env), outer_(taker)
{
	taker = Environment::Of(env).log.IsEmpty() ? nullptr : &lines_;
}

LogScope::~LogScope()
{
	taker = outer_;
}

void LogScope::Deliver()
{
	taker = outer_;
	if (lines_.empty())
		return;
	Environment &environment = Environment::Of(env_);
	for (const Line &line : lines_) {
		// The callback may have called setLog(null).
		if (environment.log.IsEmpty())
			return;
		Napi::HandleScope scope(env_);
		napi_value arguments[2] = {Napi::Number::New(env_, line.level),
		                           Napi::String::New(env_, line.text)};
		if (napi_call_function(env_, Napi::Env(env_).Undefined(), environment.log.Value(),
		                       2, arguments, nullptr) != napi_ok)
			return;
	}
}
