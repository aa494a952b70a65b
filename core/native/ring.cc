// Reading a BPF ring buffer: kernel/bpf/ringbuf.c, the same since it came with 5.8 (457f44363a88).
#include "ring.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/bpf.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace
{

// Mapping so much again takes as long as reading a few dozen records.
constexpr size_t kWindow = 512 << 10;

size_t PageSize()
{
	static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	return size;
}

// A page, as the kernel's mmap() numbers them: the consumer's, the producer's, and the data, which
// come twice, so that a record that goes around the end is in one piece.
unsigned long *MapPosition(int fd, size_t page, int access)
{
	void *at = mmap(nullptr, PageSize(), access, MAP_SHARED, fd,
	                static_cast<off_t>(page * PageSize()));
	return at == MAP_FAILED ? nullptr : static_cast<unsigned long *>(at);
}

void UnmapPosition(const unsigned long *at)
{
	if (at != nullptr)
		munmap(const_cast<unsigned long *>(at), PageSize());
}

} // namespace

Window::~Window()
{
	Close();
}

void Window::Close()
{
	if (start_ != nullptr)
		munmap(start_, length_);
	start_ = nullptr;
	length_ = 0;
}

void Window::Open(int fd, size_t end)
{
	fd_ = fd;
	end_ = end;
}

const uint8_t *Window::Look(size_t offset, size_t length)
{
	if (start_ == nullptr || offset < offset_ || offset + length > offset_ + length_) {
		Close();
		size_t from = offset / PageSize() * PageSize();
		size_t least = (offset - from + length + PageSize() - 1) / PageSize() * PageSize();
		size_t wanted = std::min(std::max(least, kWindow), end_ - from);
		void *at =
		        mmap(nullptr, wanted, PROT_READ, MAP_SHARED, fd_, static_cast<off_t>(from));
		if (at == MAP_FAILED)
			return nullptr;
		start_ = static_cast<uint8_t *>(at);
		offset_ = from;
		length_ = wanted;
	}
	return start_ + (offset - offset_);
}

Ring::~Ring()
{
	Close();
}

int Ring::Open(bpf_map *map)
{
	map_fd_ = bpf_map__fd(map);
	size_ = bpf_map__max_entries(map);
	window_.Open(map_fd_, 2 * PageSize() + 2 * size_);
	// Edge-triggered: after one wake-up the descriptor would stay readable for as long as each
	// look finds a record, and a steady flow of events would turn the event loop without a
	// pause.
	epoll_event event = {};
	event.events = EPOLLIN | EPOLLET;
	epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
	bool watched = epoll_fd_ >= 0 && epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, map_fd_, &event) == 0;
	if (watched)
		consumer_ = MapPosition(map_fd_, 0, PROT_READ | PROT_WRITE);
	if (consumer_ != nullptr)
		producer_ = MapPosition(map_fd_, 1, PROT_READ);
	if (producer_ != nullptr)
		return 0;
	int error = -errno;
	Close();
	return error;
}

void Ring::Close()
{
	window_.Close();
	UnmapPosition(consumer_);
	UnmapPosition(producer_);
	consumer_ = nullptr;
	producer_ = nullptr;
	if (epoll_fd_ >= 0)
		close(epoll_fd_);
	epoll_fd_ = -1;
}

void Ring::Rearm()
{
	epoll_event event;
	epoll_wait(epoll_fd_, &event, 1, 0);
}

const uint8_t *Ring::Data(Napi::Env env, unsigned long position, size_t length)
{
	size_t offset = 2 * PageSize() + (position & (size_ - 1));
	const uint8_t *data = window_.Look(offset, length);
	if (data == nullptr)
		throw Napi::Error::New(env,
		                       std::string("cannot read the ring: ") + strerror(errno));
	return data;
}

bool Ring::Fill(Napi::Env env, Batch &batch)
{
	batch.Begin(env, waiting_);
	waiting_ = 0;
	unsigned long position = *consumer_;
	while (position < __atomic_load_n(producer_, __ATOMIC_ACQUIRE)) {
		const uint8_t *header = Data(env, position, BPF_RINGBUF_HDR_SZ);
		uint32_t word = __atomic_load_n(reinterpret_cast<const uint32_t *>(header),
		                                __ATOMIC_ACQUIRE);
		// Its program is still writing, and those behind it have to wait.
		if (word & BPF_RINGBUF_BUSY_BIT)
			return false;
		size_t size = word & ~BPF_RINGBUF_DISCARD_BIT;
		const uint8_t *record =
		        Data(env, position, BPF_RINGBUF_HDR_SZ + size) + BPF_RINGBUF_HDR_SZ;
		if (!(word & BPF_RINGBUF_DISCARD_BIT) && !batch.Add(record, size)) {
			waiting_ = size;
			return true;
		}
		position += (BPF_RINGBUF_HDR_SZ + size + 7) / 8 * 8;
		__atomic_store_n(consumer_, position, __ATOMIC_RELEASE);
	}
	return false;
}
