// Reading a BPF ring buffer through libbpf.
#include "ring.h"

#include <cerrno>

#include <sys/epoll.h>

Ring::~Ring()
{
	Close();
}

int Ring::Open(bpf_map *map)
{
	int fd = bpf_map__fd(map);
	errno = 0;
	ring_ = ring_buffer__new(fd, OnRecord, this, nullptr);
	if (ring_ == nullptr)
		return errno > 0 ? -errno : -EINVAL;
	size_ = bpf_map__max_entries(map);
	// libbpf watches level-triggered: after one wake-up the descriptor stays readable for as
	// long as each look finds a record, and a steady flow of events would turn the event loop
	// without a pause.
	epoll_event event = {};
	event.events = EPOLLIN | EPOLLET;
	if (epoll_ctl(ring_buffer__epoll_fd(ring_), EPOLL_CTL_MOD, fd, &event) < 0) {
		int error = -errno;
		Close();
		return error;
	}
	return 0;
}

void Ring::Close()
{
	ring_buffer__free(ring_);
	ring_ = nullptr;
}

int Ring::fd() const
{
	return ring_buffer__epoll_fd(ring_);
}

void Ring::Rearm()
{
	epoll_event event;
	epoll_wait(fd(), &event, 1, 0);
}

bool Ring::Fill(Napi::Env env, Batch &batch)
{
	batch.Begin(env, carrying_ ? carried_.size() : 0);
	if (carrying_)
		batch.Add(carried_.data(), carried_.size());
	carrying_ = false;
	batch_ = &batch;
	ring_buffer__consume(ring_);
	batch_ = nullptr;
	return carrying_;
}

int Ring::OnRecord(void *self, void *record, size_t size)
{
	auto ring = static_cast<Ring *>(self);
	if (ring->batch_->Add(record, size))
		return 0;
	auto bytes = static_cast<const uint8_t *>(record);
	ring->carried_.assign(bytes, bytes + size);
	ring->carrying_ = true;
	// Stops the walk. The record counts as consumed: ringbuf_process_ring() moves the consumer
	// position before it returns a callback's error (libbpf 1.1 to 1.7).
	return -ECANCELED;
}
