// Global data (.rodata, .bss, .data): the initial value before load, the live memory after it.
#include "object.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "wrap.h"

namespace
{

// libbpf marks .rodata and .kconfig so, and freezes them at load.
bool ReadOnly(const bpf_map *map)
{
	return (bpf_map__map_flags(map) & BPF_F_RDONLY_PROG) != 0;
}

} // namespace

uint8_t *BpfObject::Live(bpf_map *map, size_t *size, int *error)
{
	*error = 0;
	*size = bpf_map__value_size(map);
	auto known = live_.find(map);
	if (known != live_.end())
		return static_cast<uint8_t *>(known->second.memory);
	// A mapping of our own: before 1.6 libbpf maps the live memory for skeletons only
	// (bpf_object__load_skeleton), and bpf_map__initial_value() stays the dead copy.
	size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	size_t length = (*size + page - 1) / page * page;
	void *memory = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, MapFd(map), 0);
	if (memory == MAP_FAILED) {
		*error = -errno;
		return nullptr;
	}
	live_[map] = {memory, length};
	return static_cast<uint8_t *>(memory);
}

Napi::Value BpfObject::Data(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	if (!bpf_map__is_internal(map))
		return Napi::Number::New(env, -EINVAL);
	size_t size = 0;
	if (!loaded_ || ReadOnly(map)) {
		const void *initial = bpf_map__initial_value(map, &size);
		return initial != nullptr ? CopyBytes(env, initial, size)
		                          : Napi::Number::New(env, -EINVAL);
	}
	int error;
	const uint8_t *live = Live(map, &size, &error);
	return live != nullptr ? CopyBytes(env, live, size) : Napi::Number::New(env, error);
}

Napi::Value BpfObject::SetData(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	auto offset = static_cast<size_t>(TakeInteger(info[1], "offset", 0, UINT32_MAX));
	Bytes bytes = TakeBytes(info[2], "bytes");
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	if (!bpf_map__is_internal(map))
		return Napi::Number::New(env, -EINVAL);
	if (loaded_ && ReadOnly(map))
		return Napi::Number::New(env, -EPERM);
	size_t size = 0;
	int error = 0;
	const void *initial = nullptr;
	uint8_t *live = nullptr;
	if (loaded_)
		live = Live(map, &size, &error);
	else
		initial = bpf_map__initial_value(map, &size);
	if (live == nullptr && initial == nullptr)
		return Napi::Number::New(env, error < 0 ? error : -EINVAL);
	if (offset > size || bytes.size > size - offset)
		throw Napi::TypeError::New(env, "offset and bytes reach beyond the map's " +
		                                        std::to_string(size) + " bytes");
	if (bytes.size == 0)
		return Napi::Number::New(env, 0);
	if (live != nullptr) {
		memcpy(live + offset, bytes.data, bytes.size);
		return Napi::Number::New(env, 0);
	}
	auto start = static_cast<const uint8_t *>(initial);
	std::vector<uint8_t> value(start, start + size);
	memcpy(value.data() + offset, bytes.data, bytes.size);
	return Napi::Number::New(env, bpf_map__set_initial_value(map, value.data(), size));
}
