// Writes rows straight from records; JavaScript is asked only for what a record's bytes do not say
// by themselves, and mostly once for many rows.
#pragma once

#include <memory>
#include <vector>

#include <napi.h>

#include "row_bytes.h"
#include "row_memo.h"
#include "row_plan.h"
#include "wall_clock.h"

// Beyond, a JavaScript number is not exact, and says how it is written.
constexpr int64_t kExact = int64_t{1} << 53;

class RowWriter : public std::enable_shared_from_this<RowWriter>
{
      public:
	static constexpr napi_type_tag kTag = {0x5d1e0c94b7a2f368ULL, 0x93c6a84e2f07d1bbULL};
	static constexpr const char *kName = "row writer";
	static void Define(Napi::Env env);
	static Napi::Value Make(const Napi::CallbackInfo &info);

	explicit RowWriter(RowPlan plan);
	bool closed() const
	{
		return false;
	}

      private:
	struct Records;

	Napi::Value Write(const Napi::CallbackInfo &info);
	Napi::Value Take(const Napi::CallbackInfo &info);
	Napi::Value Key(const Napi::CallbackInfo &info);
	Napi::Value Skip(const Napi::CallbackInfo &info);
	Napi::Value First(const Napi::CallbackInfo &info);

	void WriteRow(Records &records);
	// False where the record's bytes cannot be put as they are; something may have been put.
	bool PutStraight(const RowCell &cell, const Records &records);
	bool PutNumber(const RowCell &cell, const uint8_t *record);
	bool PutName(const RowCell &cell, const uint8_t *record);
	bool PutText(const RowCell &cell, const uint8_t *from, size_t size, bool ends_with_nul);
	bool PutWords(const RowCell &cell, const Records &records);
	bool PutSeconds(const RowCell &cell, uint64_t time);
	// Bytes that need no escape, the first NUL ends them if so said.
	bool PutSafe(const uint8_t *from, size_t size, bool ends_with_nul);
	// The closing one, where there are any.
	void PutQuote();
	const RowAnswer &Ask(uint32_t question, Records &records);

	RowPlan plan_;
	WallClock clock_;
	// Kernel time of the first event that was shown, from which seconds count.
	bool knows_first_ = false;
	uint64_t first_ = 0;
	std::vector<RowMemo> memos_;
	RowBytes rows_;
	RowAnswer answer_;
	bool writing_ = false;
	// Whether the answer at hand is to be kept.
	bool keeps_ = true;
};
