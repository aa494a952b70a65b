// One batch of records in memory that JavaScript owns.
#include "batch.h"

#include <algorithm>
#include <cstring>

void Batch::Begin(Napi::Env env, size_t least)
{
	used_ = 0;
	count_ = 0;
	wanted_ = std::max(wanted_, (least + 7) / 8 * 8);
	// A detached array has length 0. Both are checked: each can be transferred on its own.
	if (bytes_array_.IsEmpty() || bytes_array_.Value().ElementLength() < wanted_)
		bytes_array_ = Napi::Persistent(Napi::Uint8Array::New(env, wanted_));
	// Records below 16 bytes are rare; where they are common, a batch ends when the spans are
	// full.
	size_t most = wanted_ / 16 + 1;
	if (spans_array_.IsEmpty() || spans_array_.Value().ElementLength() < 2 * most)
		spans_array_ = Napi::Persistent(Napi::Uint32Array::New(env, 2 * most));
	bytes_ = bytes_array_.Value().Data();
	spans_ = spans_array_.Value().Data();
	room_ = wanted_;
	most_ = most;
}

bool Batch::Add(const void *record, size_t size)
{
	if (size > room_ - used_ || count_ == most_)
		return false;
	memcpy(bytes_ + used_, record, size);
	spans_[2 * count_] = static_cast<uint32_t>(used_);
	spans_[2 * count_ + 1] = static_cast<uint32_t>(size);
	count_++;
	used_ += (size + 7) / 8 * 8;
	return true;
}

void Batch::Release()
{
	bytes_array_.Reset();
	spans_array_.Reset();
}
