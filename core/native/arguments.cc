// Checks of arguments.
#include "arguments.h"

#include <cmath>
#include <cstring>

namespace
{

[[noreturn]] void Refuse(Napi::Value value, const std::string &message)
{
	throw Napi::TypeError::New(value.Env(), message);
}

} // namespace

std::string TakeText(Napi::Value value, const char *what)
{
	if (!value.IsString())
		Refuse(value, std::string(what) + " must be a string");
	std::string text = value.As<Napi::String>().Utf8Value();
	// C strings end at the first NUL: what comes after it would be ignored silently.
	if (text.empty() || text.find('\0') != std::string::npos)
		Refuse(value, std::string(what) + " must not be empty or contain NUL");
	return text;
}

Bytes TakeBytes(Napi::Value value, const char *what)
{
	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
		Refuse(value, std::string(what) + " must be a Uint8Array");
	void *data = nullptr;
	size_t length = 0;
	napi_get_typedarray_info(value.Env(), value, nullptr, &length, &data, nullptr, nullptr);
	return {static_cast<uint8_t *>(data), length};
}

uint8_t *TakeBytes(Napi::Value value, const char *what, size_t size)
{
	Bytes bytes = TakeBytes(value, what);
	if (bytes.size != size)
		Refuse(value, std::string(what) + " must have " + std::to_string(size) +
		                      " bytes, not " + std::to_string(bytes.size));
	return bytes.data;
}

int64_t TakeInteger(Napi::Value value, const char *what, int64_t least, int64_t most)
{
	double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
	// Bounds are far below 2^53, so the comparison is exact; NaN fails it.
	if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) ||
	    number != std::floor(number))
		Refuse(value, std::string(what) + " must be an integer from " +
		                      std::to_string(least) + " to " + std::to_string(most));
	return static_cast<int64_t>(number);
}

bool TakeBoolean(Napi::Value value, const char *what)
{
	if (!value.IsBoolean())
		Refuse(value, std::string(what) + " must be a boolean");
	return value.As<Napi::Boolean>().Value();
}

Napi::Function TakeFunction(Napi::Value value, const char *what)
{
	if (!value.IsFunction())
		Refuse(value, std::string(what) + " must be a function");
	return value.As<Napi::Function>();
}

Napi::Object TakeObject(Napi::Value value, const char *what)
{
	if (!value.IsObject())
		Refuse(value, std::string(what) + " must be an object");
	return value.As<Napi::Object>();
}

Napi::Array TakeArray(Napi::Value value, const char *what)
{
	if (!value.IsArray())
		Refuse(value, std::string(what) + " must be an array");
	return value.As<Napi::Array>();
}

std::string TakeOptionalText(Napi::Object object, const char *key)
{
	Napi::Value value = object.Get(key);
	return value.IsUndefined() ? std::string() : TakeText(value, key);
}

Napi::Value CopyBytes(Napi::Env env, const void *data, size_t size)
{
	Napi::Uint8Array copy = Napi::Uint8Array::New(env, size);
	if (size > 0)
		memcpy(copy.Data(), data, size);
	return copy;
}
