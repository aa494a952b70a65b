// Rows as bytes, in memory that JavaScript owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <napi.h>

class RowBytes
{
      public:
	// Empties it. To be called again whenever JavaScript may have run, with `used` as it was.
	void Begin(Napi::Env env, size_t used = 0);
	// What was put, as a Uint8Array: valid until something is put again.
	Napi::Value Take(Napi::Env env);

	void Put(const void *data, size_t size)
	{
		memcpy(Room(size), data, size);
		used_ += size;
	}
	void Put(const std::string &text)
	{
		Put(text.data(), text.size());
	}
	void Put(char byte)
	{
		*Room(1) = static_cast<uint8_t>(byte);
		used_++;
	}
	// Spaces up to there.
	void PadTo(size_t end)
	{
		if (end <= used_)
			return;
		memset(Room(end - used_), ' ', end - used_);
		used_ = end;
	}
	// Where so many bytes may be put; Added() says how many were.
	uint8_t *Room(size_t size)
	{
		if (size > room_ - used_)
			Grow(size);
		return data_ + used_;
	}
	void Added(size_t size)
	{
		used_ += size;
	}
	size_t used() const
	{
		return used_;
	}
	// Forgets what was put from there on.
	void CutTo(size_t used)
	{
		used_ = used;
	}

      private:
	void Grow(size_t more);

	napi_env env_ = nullptr;
	Napi::Reference<Napi::Uint8Array> array_;
	uint8_t *data_ = nullptr;
	size_t room_ = 0;
	size_t used_ = 0;
};
