// The array that rows lie in, which grows with them.
#include "row_bytes.h"

#include <algorithm>

namespace
{

// Twice what is mostly written at once; what longer rows took is given back.
constexpr size_t kRoom = 1 << 17;
constexpr size_t kMostKept = 1 << 20;

} // namespace

void RowBytes::Begin(Napi::Env env, size_t used)
{
	env_ = env;
	size_t kept = array_.IsEmpty() ? 0 : array_.Value().ElementLength();
	// An array that was detached has length 0.
	if (kept < std::max(used, kRoom) || (used == 0 && kept > kMostKept)) {
		if (used > 0)
			throw Napi::Error::New(env, "the rows' memory is gone");
		array_ = Napi::Persistent(Napi::Uint8Array::New(env, kRoom));
	}
	data_ = array_.Value().Data();
	room_ = array_.Value().ElementLength();
	used_ = used;
}

Napi::Value RowBytes::Take(Napi::Env env)
{
	if (array_.IsEmpty() || array_.Value().ElementLength() < used_)
		return Napi::Uint8Array::New(env, 0);
	return Napi::Uint8Array::New(env, used_, array_.Value().ArrayBuffer(), 0);
}

void RowBytes::Grow(size_t more)
{
	Napi::HandleScope scope(env_);
	size_t room = 2 * (used_ + more);
	Napi::Uint8Array grown = Napi::Uint8Array::New(env_, room);
	memcpy(grown.Data(), data_, used_);
	array_ = Napi::Persistent(grown);
	data_ = grown.Data();
	room_ = room;
}
