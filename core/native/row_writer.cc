// Rows, cell by cell.
#include "row_writer.h"

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
	if (cell.right && length < cell.width) {
		size_t spaces = cell.width - length;
		memmove(digits + spaces, digits, length);
		memset(digits, ' ', spaces);
		length = cell.width;
	}
	rows_.Added(length);
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
	PutQuote();
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
