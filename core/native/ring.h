// One BPF ring buffer, read a batch at a time, with a descriptor that tells of the kernel's
// wake-ups.
#pragma once

#include <bpf/libbpf.h>

#include "batch.h"

// The stretch of a descriptor's memory that is being read.
class Window
{
      public:
	~Window();
	// The memory has `end` bytes.
	void Open(int fd, size_t end);
	// The memory from `offset` on, at least `length` bytes of it; null with errno set. What was
	// handed out before is gone.
	const uint8_t *Look(size_t offset, size_t length);
	void Close();

      private:
	int fd_ = -1;
	size_t end_ = 0;
	uint8_t *start_ = nullptr;
	size_t offset_ = 0;
	size_t length_ = 0;
};

// Not libbpf's ring_buffer, which maps all of the ring, and twice: at 8 MB that makes 16 of what
// the process is said to use.
class Ring
{
      public:
	~Ring();
	// 0 or -errno.
	int Open(bpf_map *map);
	void Close();
	// Readable after each wake-up by the kernel, until Rearm().
	int fd() const
	{
		return epoll_fd_;
	}
	void Rearm();
	// Fills the batch; true when there is more than fitted. Throws where memory is refused.
	bool Fill(Napi::Env env, Batch &batch);
	size_t size() const
	{
		return size_;
	}

      private:
	const uint8_t *Data(Napi::Env env, unsigned long position, size_t length);

	int epoll_fd_ = -1;
	int map_fd_ = -1;
	size_t size_ = 0;
	// Two pages: the position up to which everything has been read, and up to which it was
	// written.
	unsigned long *consumer_ = nullptr;
	const unsigned long *producer_ = nullptr;
	Window window_;
	// Of the record that did not fit into the last batch.
	size_t waiting_ = 0;
};
