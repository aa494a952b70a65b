// One BPF ring buffer, read a batch at a time, with a descriptor that tells of the kernel's
// wake-ups.
#pragma once

#include <vector>

#include <bpf/libbpf.h>

#include "batch.h"

class Ring
{
      public:
	~Ring();
	// 0 or -errno.
	int Open(bpf_map *map);
	void Close();
	// Readable after each wake-up by the kernel, until Rearm().
	int fd() const;
	void Rearm();
	// Fills the batch; true when there is more than fitted.
	bool Fill(Napi::Env env, Batch &batch);
	size_t size() const
	{
		return size_;
	}

      private:
	static int OnRecord(void *self, void *record, size_t size);

	ring_buffer *ring_ = nullptr;
	size_t size_ = 0;
	Batch *batch_ = nullptr;
	// The record that did not fit: libbpf counts it as consumed, so it waits here for the next
	// batch.
	std::vector<uint8_t> carried_;
	bool carrying_ = false;
};
