// How rows are written, as core/show/writer says it: a cell a column, and what stands between.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <napi.h>

#include "row_bytes.h"

struct RowCell {
	// asked: JavaScript is asked for the whole cell; the others are put from the record.
	enum class Is { asked, number, boolean, name, chars, text, words, wall_time, seconds };

	Is is;
	// What stands before it: an answer, or what is put from the record, in quotes if need be.
	RowPiece before;
	RowPiece before_straight;
	// The field: offset and size within the record.
	uint32_t offset;
	uint32_t size;
	bool is_signed;
	// At least so many characters, to the left or to the right.
	uint32_t width;
	bool right;
	// The question whose answer says whether it is put from the record after all; below 0: it
	// always is.
	int32_t bare;
	// The question whose answer is the cell, where it cannot be put from the record.
	uint32_t question;
	// Of words: the offset of the text in place of the first, if it is not empty; below 0:
	// none.
	int32_t first;
	// Of seconds, behind the point; below 0: as JavaScript writes a number.
	int32_t decimals;
	// Of an enum, by value.
	std::unordered_map<int64_t, RowPiece> names;
};

struct RowPlan {
	std::vector<RowCell> cells;
	// What ends a row.
	RowPiece after;
	// Whether text, names and times stand in double quotes.
	bool quotes;
	// Which bytes of text need no escape.
	bool safe[256];
	// Of the fixed part of a record.
	uint32_t record_size;
	uint32_t questions;
	// Nanoseconds since 1970 when CLOCK_MONOTONIC was 0; without it times are asked for.
	bool knows_epoch;
	int64_t epoch_at_zero;
};

// Throws a TypeError on what is no plan.
RowPlan TakeRowPlan(Napi::Value value);
