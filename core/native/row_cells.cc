// How cells are put from the record.
#include "row_writer.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "row_records.h"

namespace
{

// Digits of 64 bits and a sign.
constexpr size_t kNumberRoom = 24;

template <class T> T Load(const uint8_t *from)
{
	T value;
	memcpy(&value, from, sizeof(value));
	return value;
}

// False where it is no number that JavaScript has exactly.
bool ReadNumber(const RowCell &cell, const uint8_t *record, int64_t &value)
{
	const uint8_t *from = record + cell.offset;
	switch (cell.size) {
	case 1:
		value = cell.is_signed ? Load<int8_t>(from) : Load<uint8_t>(from);
		return true;
	case 2:
		value = cell.is_signed ? Load<int16_t>(from) : Load<uint16_t>(from);
		return true;
	case 4:
		value = cell.is_signed ? Load<int32_t>(from) : int64_t{Load<uint32_t>(from)};
		return true;
	default:
		value = Load<int64_t>(from);
		// An unsigned one that is too large is negative here.
		return value < kExact && value > (cell.is_signed ? -kExact : -1);
	}
}

// Spaces before it, where it is to stand to the right; how long it is then.
size_t AlignRight(const RowCell &cell, char *text, size_t length)
{
	if (!cell.right || length >= cell.width)
		return length;
	size_t spaces = cell.width - length;
	memmove(text + spaces, text, length);
	memset(text, ' ', spaces);
	return cell.width;
}

} // namespace

bool RowWriter::PutStraight(const RowCell &cell, const Records &records)
{
	const uint8_t *record = records.record();
	const uint8_t *field = record + cell.offset;
	switch (cell.is) {
	case RowCell::Is::number:
		return PutNumber(cell, record);
	case RowCell::Is::boolean: {
		static const RowPiece no("false"), yes("true");
		size_t end = rows_.used() + cell.width;
		rows_.Put(*field != 0 ? yes : no);
		rows_.PadTo(end);
		return true;
	}
	case RowCell::Is::name:
		return PutName(cell, record);
	case RowCell::Is::chars:
		return PutText(cell, field, cell.size, true);
	case RowCell::Is::text: {
		// struct text of bpf-src/lib: offset and length.
		size_t from = Load<uint16_t>(field);
		size_t size = Load<uint16_t>(field + 2);
		return from + size <= records.size && PutText(cell, record + from, size, false);
	}
	case RowCell::Is::words:
		return PutWords(cell, records);
	case RowCell::Is::seconds:
		return PutSeconds(cell, Load<uint64_t>(field));
	case RowCell::Is::wall_time: {
		auto time = Load<uint64_t>(field);
		if (!plan_.knows_epoch || time >= kExact ||
		    !clock_.Put(time, rows_.Room(WallClock::kLength)))
			return false;
		rows_.Added(WallClock::kLength);
		PutQuote();
		return true;
	}
	case RowCell::Is::asked:
		break;
	}
	return false;
}

bool RowWriter::PutNumber(const RowCell &cell, const uint8_t *record)
{
	int64_t value;
	if (!ReadNumber(cell, record, value))
		return false;
	size_t begin = rows_.used();
	auto *digits = reinterpret_cast<char *>(rows_.Room(kNumberRoom + cell.width));
	size_t length = std::to_chars(digits, digits + kNumberRoom, value).ptr - digits;
	rows_.Added(AlignRight(cell, digits, length));
	rows_.PadTo(begin + cell.width);
	return true;
}

bool RowWriter::PutName(const RowCell &cell, const uint8_t *record)
{
	int64_t value;
	auto known = ReadNumber(cell, record, value) ? cell.names.find(value) : cell.names.end();
	if (known == cell.names.end())
		return false;
	rows_.Put(known->second);
	PutQuote();
	return true;
}

bool RowWriter::PutText(const RowCell &cell, const uint8_t *from, size_t size, bool ends_with_nul)
{
	size_t begin = rows_.used();
	if (!PutSafe(from, size, ends_with_nul))
		return false;
	PutQuote();
	rows_.PadTo(begin + cell.width);
	return true;
}

bool RowWriter::PutSafe(const uint8_t *from, size_t size, bool ends_with_nul)
{
	uint8_t *to = rows_.Room(size);
	size_t length = 0;
	for (; length < size; length++) {
		uint8_t byte = from[length];
		if (!plan_.safe[byte]) {
			if (byte == 0 && ends_with_nul)
				break;
			return false;
		}
		to[length] = byte;
	}
	rows_.Added(length);
	return true;
}

// A list in JSON, apart by spaces in text.
bool RowWriter::PutWords(const RowCell &cell, const Records &records)
{
	const uint8_t *record = records.record();
	// struct long_text of bpf-src/lib: offset and length; a NUL ends each word but perhaps the
	// last.
	size_t at = Load<uint32_t>(record + cell.offset);
	size_t end = at + Load<uint32_t>(record + cell.offset + 4);
	size_t first = 0, first_size = 0;
	if (cell.first >= 0) {
		first = Load<uint16_t>(record + cell.first);
		first_size = Load<uint16_t>(record + cell.first + 2);
	}
	if (end > records.size || first + first_size > records.size)
		return false;
	size_t begin = rows_.used();
	if (plan_.quotes)
		rows_.Put('[');
	for (size_t word = 0; at < end || (word == 0 && first_size > 0); word++) {
		auto *from = record + at;
		size_t size = strnlen(reinterpret_cast<const char *>(from), end - at);
		at = std::min(at + size + 1, end);
		if (word == 0 && first_size > 0) {
			from = record + first;
			size = first_size;
		}
		if (word > 0)
			rows_.Put(plan_.quotes ? ',' : ' ');
		PutQuote();
		if (!PutSafe(from, size, false))
			return false;
		PutQuote();
	}
	if (plan_.quotes)
		rows_.Put(']');
	rows_.PadTo(begin + cell.width);
	return true;
}

// As JavaScript writes the number, or with so many digits behind the point.
bool RowWriter::PutSeconds(const RowCell &cell, uint64_t time)
{
	// Up to 15 digits the shortest ones that mean a double are the decimal ones.
	constexpr uint64_t kMost = 1'000'000'000'000'000;
	// Below a millionth JavaScript writes an exponent.
	constexpr uint64_t kLeast = 1000;
	if (!knows_first_ || time < first_ || time - first_ >= kMost)
		return false;
	uint64_t nanos = time - first_;
	bool is_number = cell.decimals < 0;
	if (is_number && nanos > 0 && nanos < kLeast)
		return false;
	size_t places = is_number ? 9 : cell.decimals;
	uint64_t unit = 1;
	for (size_t place = places; place < 9; place++)
		unit *= 10;
	// In the middle the double decides, which is a little more or less.
	if (unit > 1 && nanos % unit == unit / 2)
		return false;
	uint64_t units = (nanos + unit / 2) / unit;
	uint64_t a_second = 1'000'000'000 / unit;
	size_t begin = rows_.used();
	auto *digits = reinterpret_cast<char *>(rows_.Room(kNumberRoom + cell.width));
	char *end = std::to_chars(digits, digits + kNumberRoom, units / a_second).ptr;
	if (places > 0) {
		*end = '.';
		uint64_t rest = units % a_second;
		for (size_t place = places; place > 0; place--, rest /= 10)
			end[place] = static_cast<char>('0' + rest % 10);
		end += 1 + places;
		while (is_number && (end[-1] == '0' || end[-1] == '.'))
			if (*--end == '.')
				break;
	}
	rows_.Added(AlignRight(cell, digits, end - digits));
	rows_.PadTo(begin + cell.width);
	return true;
}

void RowWriter::PutQuote()
{
	if (plan_.quotes)
		rows_.Put('"');
}
