// The records of one batch, and where in it the row's is.
#pragma once

#include <cstddef>
#include <cstdint>

#include <napi.h>

#include "arguments.h"
#include "row_writer.h"

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
