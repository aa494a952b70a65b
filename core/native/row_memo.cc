// A table with one place for each hash: what comes later takes the place.
#include "row_memo.h"

#include <algorithm>
#include <cstring>

void RowMemo::SetKey(std::vector<Part> parts, bool for_one_batch)
{
	constexpr uint32_t kWord = sizeof(uint64_t);
	KeepNothing();
	parts_.clear();
	for (Part part : parts) {
		for (; part.size > 0 && parts_.size() <= kMostWords;) {
			uint32_t size = std::min(part.size, kWord);
			parts_.push_back({part.offset, size});
			part = {part.offset + size, part.size - size};
		}
	}
	if (parts_.size() <= kMostWords)
		slots_.resize(kSlots);
	for_one_batch_ = for_one_batch;
}

void RowMemo::KeepNothing()
{
	slots_.clear();
	last_ = 0;
}

void RowMemo::BeginBatch()
{
	if (for_one_batch_)
		batch_++;
}

const RowAnswer *RowMemo::Find(const uint8_t *record)
{
	if (slots_.empty())
		return nullptr;
	Key key;
	ReadKey(record, key);
	const Slot &last = slots_[last_];
	if (Holds(last, key))
		return &last.answer;
	const Slot &slot = SlotOf(key);
	if (!Holds(slot, key))
		return nullptr;
	last_ = &slot - slots_.data();
	return &slot.answer;
}

void RowMemo::Keep(const uint8_t *record, const RowAnswer &answer)
{
	if (slots_.empty())
		return;
	Key key;
	ReadKey(record, key);
	Slot &slot = SlotOf(key);
	slot.batch = batch_;
	slot.key = key;
	slot.answer = answer;
	last_ = &slot - slots_.data();
}

void RowMemo::ReadKey(const uint8_t *record, Key &key) const
{
	size_t word = 0;
	for (const Part &part : parts_) {
		const uint8_t *from = record + part.offset;
		uint64_t value = 0;
		// Copies of known sizes are loads.
		if (part.size == 4)
			memcpy(&value, from, 4);
		else if (part.size == 8)
			memcpy(&value, from, 8);
		else
			for (uint32_t byte = 0; byte < part.size; byte++)
				value = value << 8 | from[byte];
		key[word++] = value;
	}
}

bool RowMemo::Holds(const Slot &slot, const Key &key) const
{
	if (slot.batch != batch_)
		return false;
	for (size_t word = 0; word < parts_.size(); word++)
		if (slot.key[word] != key[word])
			return false;
	return true;
}

RowMemo::Slot &RowMemo::SlotOf(const Key &key)
{
	// FNV-1a over words; its high bits are the better ones.
	uint64_t hash = 0xcbf29ce484222325ULL;
	for (size_t word = 0; word < parts_.size(); word++)
		hash = (hash ^ key[word]) * 0x100000001b3ULL;
	return slots_[(hash ^ (hash >> 32)) % kSlots];
}
