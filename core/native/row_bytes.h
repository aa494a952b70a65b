// Rows as bytes, in memory that JavaScript owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <napi.h>

// Text that is put again and again, eight bytes at a time: copies of a few bytes by memcpy() are
// calls.
class RowPiece
{
      public:
	RowPiece() = default;
	explicit RowPiece(const std::string &text) : padded_(text), size_(text.size())
	{
		padded_.append(kWord, '\0');
	}
	size_t size() const
	{
		return size_;
	}
	// `to` has room for a word more than the text.
	void CopyTo(uint8_t *to) const
	{
		for (size_t at = 0; at < size_; at += kWord)
			memcpy(to + at, padded_.data() + at, kWord);
	}
	static constexpr size_t kWord = sizeof(uint64_t);

      private:
	std::string padded_;
	size_t size_ = 0;
};

class RowBytes
{
      public:
	// Empties it. To be called again whenever JavaScript may have run, with `used` as it was.
	void Begin(Napi::Env env, size_t used = 0);
	// What was put, as a Uint8Array: valid until something is put again.
	Napi::Value Take(Napi::Env env);

	void Put(const RowPiece &piece)
	{
		piece.CopyTo(Room(piece.size() + RowPiece::kWord));
		used_ += piece.size();
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
