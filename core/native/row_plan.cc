// From the objects of core/show/writer to a plan.
#include "row_plan.h"

#include <cstddef>

#include "arguments.h"

namespace
{

// As in core/bpf/addon.ts.
const std::unordered_map<std::string, RowCell::Is> kKinds = {
        {"asked", RowCell::Is::asked},     {"number", RowCell::Is::number},
        {"boolean", RowCell::Is::boolean}, {"name", RowCell::Is::name},
        {"chars", RowCell::Is::chars},     {"text", RowCell::Is::text},
        {"words", RowCell::Is::words},     {"wallTime", RowCell::Is::wall_time},
        {"seconds", RowCell::Is::seconds},
};

// More than any record or column has, so that sums stay small.
constexpr int64_t kMost = 1 << 20;

uint32_t TakeSize(Napi::Object object, const char *key)
{
	return static_cast<uint32_t>(TakeInteger(object.Get(key), key, 0, kMost));
}

// Any text, the empty one too.
std::string TakeAnyText(Napi::Object object, const char *key)
{
	Napi::Value value = object.Get(key);
	if (!value.IsString())
		throw Napi::TypeError::New(object.Env(), std::string(key) + " must be a string");
	return value.As<Napi::String>().Utf8Value();
}

bool HasSize(RowCell::Is is, uint32_t size)
{
	switch (is) {
	case RowCell::Is::number:
		return size == 1 || size == 2 || size == 4 || size == 8;
	case RowCell::Is::name:
		return size == 1 || size == 2 || size == 4;
	case RowCell::Is::boolean:
		return size == 1;
	case RowCell::Is::text:
		return size == 4;
	case RowCell::Is::words:
	case RowCell::Is::wall_time:
	case RowCell::Is::seconds:
		return size == 8;
	default:
		return true;
	}
}

bool IsText(RowCell::Is is)
{
	return is == RowCell::Is::name || is == RowCell::Is::chars || is == RowCell::Is::text ||
	       is == RowCell::Is::wall_time;
}

RowCell TakeCell(Napi::Object object, const RowPlan &plan)
{
	RowCell cell;
	auto kind = kKinds.find(TakeText(object.Get("is"), "is"));
	if (kind == kKinds.end())
		throw Napi::TypeError::New(object.Env(), "is must be a kind of cell");
	cell.is = kind->second;
	std::string before = TakeAnyText(object, "before");
	cell.before = RowPiece(before);
	cell.before_straight = RowPiece(plan.quotes && IsText(cell.is) ? before + '"' : before);
	cell.offset = TakeSize(object, "offset");
	cell.size = TakeSize(object, "size");
	cell.is_signed = TakeBoolean(object.Get("signed"), "signed");
	cell.width = TakeSize(object, "width");
	cell.right = TakeBoolean(object.Get("right"), "right");
	int64_t last = int64_t{plan.questions} - 1;
	cell.bare = static_cast<int32_t>(TakeInteger(object.Get("bare"), "bare", -1, last));
	cell.question =
	        static_cast<uint32_t>(TakeInteger(object.Get("question"), "question", 0, last));
	int64_t last_text = int64_t{plan.record_size} - 4;
	cell.first = static_cast<int32_t>(TakeInteger(object.Get("first"), "first", -1, last_text));
	cell.decimals =
	        static_cast<int32_t>(TakeInteger(object.Get("decimals"), "decimals", -1, 9));
	if (!HasSize(cell.is, cell.size) || cell.offset + cell.size > plan.record_size)
		throw Napi::TypeError::New(object.Env(), "a field must lie within its record");
	Napi::Array names = TakeArray(object.Get("names"), "names");
	for (uint32_t index = 0; index < names.Length(); index++) {
		Napi::Object name = TakeObject(names[index], "names");
		cell.names[TakeInteger(name.Get("value"), "value", INT32_MIN, UINT32_MAX)] =
		        RowPiece(TakeAnyText(name, "name"));
	}
	return cell;
}

} // namespace

RowPlan TakeRowPlan(Napi::Value value)
{
	Napi::Object object = TakeObject(value, "plan");
	RowPlan plan;
	plan.after = RowPiece(TakeAnyText(object, "after"));
	plan.quotes = TakeBoolean(object.Get("quotes"), "quotes");
	plan.record_size = TakeSize(object, "recordSize");
	plan.questions = TakeSize(object, "questions");
	for (int byte = 0; byte < 256; byte++)
		plan.safe[byte] = byte >= 0x20 && byte < 0x7f;
	for (char byte : TakeAnyText(object, "escaped"))
		plan.safe[static_cast<uint8_t>(byte)] = false;
	Napi::Value epoch = object.Get("epochAtZero");
	if (!epoch.IsBigInt())
		throw Napi::TypeError::New(object.Env(), "epochAtZero must be a bigint");
	plan.epoch_at_zero = epoch.As<Napi::BigInt>().Int64Value(&plan.knows_epoch);
	Napi::Array cells = TakeArray(object.Get("cells"), "cells");
	for (uint32_t index = 0; index < cells.Length(); index++)
		plan.cells.push_back(TakeCell(TakeObject(cells[index], "cells"), plan));
	return plan;
}
