// Rows, cell by cell.
#include "row_writer.h"

#include "arguments.h"
#include "environment.h"
#include "row_records.h"
#include "wrap.h"

namespace
{

// Bytes of rows that are written at once: as many as a pipe holds, and few enough for a cache.
constexpr size_t kEnough = 1 << 16;

} // namespace

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
