// Answers to one question about records, kept by the bytes of the fields that it depends on.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "row_bytes.h"

// What JavaScript says: text, or whether; none: nothing is to be written.
struct RowAnswer {
	enum class Is { none, yes, no, text };
	Is is = Is::none;
	RowPiece text;
};

class RowMemo
{
      public:
	struct Part {
		uint32_t offset;
		uint32_t size;
	};

	// Begins anew, by these fields; with too many of them nothing is kept, as at first.
	void SetKey(std::vector<Part> parts, bool for_one_batch);
	void KeepNothing();
	// What was kept for one batch is forgotten.
	void BeginBatch();
	// The answer about that record, or null.
	const RowAnswer *Find(const uint8_t *record);
	// In place of another answer, if need be. `Find` has asked for the same record, or the key
	// is a new one.
	void Keep(const uint8_t *record, const RowAnswer &answer);

      private:
	// Words of a key: two addresses and more.
	static constexpr size_t kMostWords = 8;
	// More than there mostly are commands or results at a time.
	static constexpr size_t kSlots = 256;
	using Key = std::array<uint64_t, kMostWords>;
	struct Slot {
		// 0: empty.
		uint64_t batch = 0;
		Key key;
		RowAnswer answer;
	};

	// The words of the key, one a part.
	void ReadKey(const uint8_t *record, Key &key) const;
	bool Holds(const Slot &slot, const Key &key) const;
	Slot &SlotOf(const Key &key);

	// None of more than a word.
	std::vector<Part> parts_;
	std::vector<Slot> slots_;
	// The one found last: most records are asked about like those before them.
	size_t last_ = 0;
	bool for_one_batch_ = false;
	uint64_t batch_ = 1;
};
