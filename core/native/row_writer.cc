// Rows, cell by cell.
#include "row_writer.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "arguments.h"
#include "environment.h"
#include "wrap.h"

namespace
{

// Beyond, a JavaScript number is not exact, and says how it is written.
constexpr int64_t kExact = int64_t{1} << 53;
// Bytes of rows that are written at once: as many as a pipe holds, and few enough for a cache.
constexpr size_t kEnough = 1 << 16;
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

// The records of one batch, and where in it the row's is.
struct RowWriter::Records {
	Napi::Env env;
	Napi::Value bytes_array;
	Napi::Value spans_array;
	Napi::Function ask;
	Bytes bytes = {};
	const uint32_t *spans = nullptr;
	size_t spans_length = 0;
	size_t at = 0;
	size_t size = 0;

	// Again whenever JavaScript may have run.
	void Look()
	{
		bytes = TakeBytes(bytes_array, "bytes");
		if (!spans_array.IsTypedArray() ||
		    spans_array.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array)
			throw Napi::TypeError::New(env, "spans must be a Uint32Array");
		auto array = spans_array.As<Napi::Uint32Array>();
		spans = array.Data();
		spans_length = array.ElementLength();
		if (at + size > bytes.size)
			throw Napi::RangeError::New(env, "a record reaches beyond the bytes");
	}
	const uint8_t *record() const
	{
		return bytes.data + at;
	}
};

void RowWriter::Define(Napi::Env env)
{
	const napi_property_descriptor methods[] = {
	        Property("write", Method<RowWriter, &RowWriter::Write>),
	        Property("take", Method<RowWriter, &RowWriter::Take>),
	        Property("key", Method<RowWriter, &RowWriter::Key>),
	        Property("skip", Method<RowWriter, &RowWriter::Skip>),
	        Property("first", Method<RowWriter, &RowWriter::First>),
	};
	Environment::Of(env).row_writer_class = DefineClass<RowWriter>(env, methods);
}

Napi::Value RowWriter::Make(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	RowPlan plan = TakeRowPlan(info[0]);
	auto writer = std::make_shared<RowWriter>(std::move(plan));
	return Wrap(env, Environment::Of(env).row_writer_class, writer);
}

RowWriter::RowWriter(RowPlan plan)
    : plan_(std::move(plan)), clock_(plan_.epoch_at_zero), memos_(plan_.questions)
{
}

Napi::Value RowWriter::Write(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	if (writing_)
		throw Napi::Error::New(env, "rows are being written");
	auto count = static_cast<uint32_t>(TakeInteger(info[2], "count", 0, UINT32_MAX));
	auto index = static_cast<uint32_t>(TakeInteger(info[3], "from", 0, count));
	Records records{env, info[0], info[1], TakeFunction(info[4], "ask")};
	if (index == 0)
		for (RowMemo &memo : memos_)
			memo.BeginBatch();
	rows_.Begin(env);
	writing_ = true;
	size_t whole = 0;
	try {
		records.Look();
		for (; index < count && whole < kEnough; index++) {
			if (2 * size_t{index} + 1 >= records.spans_length)
				throw Napi::RangeError::New(env, "there are not so many spans");
			records.at = records.spans[2 * index];
			records.size = records.spans[2 * index + 1];
			if (records.size < plan_.record_size ||
			    records.at + records.size > records.bytes.size)
				throw Napi::RangeError::New(env, "a record is too short");
			WriteRow(records);
			whole = rows_.used();
		}
	} catch (...) {
		rows_.CutTo(whole);
		writing_ = false;
		throw;
	}
	writing_ = false;
	return Napi::Number::New(env, index);
}

Napi::Value RowWriter::Take(const Napi::CallbackInfo &info)
{
	return rows_.Take(info.Env());
}

Napi::Value RowWriter::Key(const Napi::CallbackInfo &info)
{
	auto question = TakeInteger(info[0], "question", 0, int64_t{plan_.questions} - 1);
	bool for_one_batch = TakeBoolean(info[2], "forOneBatch");
	RowMemo &memo = memos_[question];
	if (info[1].IsNull()) {
		memo.KeepNothing();
		return info.Env().Undefined();
	}
	Napi::Array places = TakeArray(info[1], "places");
	std::vector<RowMemo::Part> parts;
	for (uint32_t index = 0; index < places.Length(); index++) {
		Napi::Object place = TakeObject(places[index], "places");
		auto offset = TakeInteger(place.Get("offset"), "offset", 0, plan_.record_size);
		auto size = TakeInteger(place.Get("size"), "size", 1, plan_.record_size - offset);
		parts.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(size)});
	}
	memo.SetKey(std::move(parts), for_one_batch);
	return info.Env().Undefined();
}

Napi::Value RowWriter::Skip(const Napi::CallbackInfo &info)
{
	keeps_ = false;
	return info.Env().Undefined();
}

Napi::Value RowWriter::First(const Napi::CallbackInfo &info)
{
	first_ = static_cast<uint64_t>(TakeInteger(info[0], "time", 0, kExact - 1));
	knows_first_ = true;
	return info.Env().Undefined();
}

void RowWriter::WriteRow(Records &records)
{
	for (const RowCell &cell : plan_.cells) {
		if (cell.is != RowCell::Is::asked &&
		    (cell.bare < 0 || Ask(cell.bare, records).is == RowAnswer::Is::yes)) {
			size_t begin = rows_.used();
			rows_.Put(cell.before_straight);
			if (PutStraight(cell, records))
				continue;
			rows_.CutTo(begin);
		}
		const RowAnswer &answer = Ask(cell.question, records);
		if (answer.is == RowAnswer::Is::none)
			continue;
		rows_.Put(cell.before);
		rows_.Put(answer.text);
	}
	rows_.Put(plan_.after);
}

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

// Valid until the next question.
const RowAnswer &RowWriter::Ask(uint32_t question, Records &records)
{
	RowMemo &memo = memos_[question];
	if (const RowAnswer *known = memo.Find(records.record()))
		return *known;
	keeps_ = true;
	Napi::HandleScope scope(records.env);
	Napi::Value said =
	        records.ask.Call({Napi::Number::New(records.env, question),
	                          Napi::Number::New(records.env, static_cast<double>(records.at))});
	records.Look();
	rows_.Begin(records.env, rows_.used());
	if (said.IsString()) {
		answer_.is = RowAnswer::Is::text;
		answer_.text = RowPiece(said.As<Napi::String>().Utf8Value());
	} else if (said.IsBoolean()) {
		answer_.is =
		        said.As<Napi::Boolean>().Value() ? RowAnswer::Is::yes : RowAnswer::Is::none;
	} else if (said.IsNull()) {
		answer_.is = RowAnswer::Is::none;
	} else {
		throw Napi::TypeError::New(records.env,
		                           "an answer must be a string, a boolean or null");
	}
	if (keeps_)
		memo.Keep(records.record(), answer_);
	return answer_;
}
