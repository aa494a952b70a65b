// Checks of arguments: each returns what was asked for, or throws a TypeError that names the
// argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <napi.h>

// A view of a Uint8Array's memory: valid until JavaScript runs again.
struct Bytes {
	uint8_t *data;
	size_t size;
};

std::string TakeText(Napi::Value value, const char *what);
Bytes TakeBytes(Napi::Value value, const char *what);
// Exactly `size` bytes.
uint8_t *TakeBytes(Napi::Value value, const char *what, size_t size);
int64_t TakeInteger(Napi::Value value, const char *what, int64_t least, int64_t most);
bool TakeBoolean(Napi::Value value, const char *what);
Napi::Function TakeFunction(Napi::Value value, const char *what);
Napi::Object TakeObject(Napi::Value value, const char *what);
Napi::Array TakeArray(Napi::Value value, const char *what);
// The text under a key, or an empty string where there is none; an empty text is refused.
std::string TakeOptionalText(Napi::Object object, const char *key);

Napi::Value CopyBytes(Napi::Env env, const void *data, size_t size);
