// The two typed arrays a batch of records is handed over in.
#pragma once

#include <cstddef>
#include <cstdint>

#include <napi.h>

class Batch
{
      public:
	explicit Batch(size_t bytes) : wanted_((bytes + 7) / 8 * 8)
	{
	}
	// Empties the batch. Makes the arrays on first use, when JavaScript took their memory away,
	// and when a record needs more. Records may be added until JavaScript runs again.
	void Begin(Napi::Env env, size_t least);
	// Copies a record to the next multiple of 8; false when it does not fit.
	bool Add(const void *record, size_t size);
	void Release();

	uint32_t count() const
	{
		return count_;
	}
	size_t used() const
	{
		return used_;
	}
	Napi::Value bytes() const
	{
		return bytes_array_.Value();
	}
	Napi::Value spans() const
	{
		return spans_array_.Value();
	}

      private:
	size_t wanted_;
	Napi::Reference<Napi::Uint8Array> bytes_array_;
	Napi::Reference<Napi::Uint32Array> spans_array_;
	uint8_t *bytes_ = nullptr;
	uint32_t *spans_ = nullptr;
	size_t room_ = 0;
	size_t most_ = 0;
	size_t used_ = 0;
	uint32_t count_ = 0;
};
