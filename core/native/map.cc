// Single entries of a map: look up, update, delete.
#include "object.h"

#include <cerrno>

#include <bpf/bpf.h>

#include "arguments.h"
#include "map.h"
#include "wrap.h"

size_t ValueSize(const bpf_map *map)
{
	size_t size = bpf_map__value_size(map);
	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		return (size + 7) / 8 * 8 * static_cast<size_t>(libbpf_num_possible_cpus());
	default:
		return size;
	}
}

Napi::Value BpfObject::Lookup(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	const uint8_t *key = TakeBytes(info[1], "key", bpf_map__key_size(map));
	uint8_t *value = TakeBytes(info[2], "value", ValueSize(map));
	int fd = MapFd(map);
	if (fd < 0)
		return Napi::Number::New(env, -EBADF);
	return Napi::Number::New(env, bpf_map_lookup_elem(fd, key, value) < 0 ? -errno : 0);
}

Napi::Value BpfObject::Update(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	const uint8_t *key = TakeBytes(info[1], "key", bpf_map__key_size(map));
	const uint8_t *value = TakeBytes(info[2], "value", ValueSize(map));
	uint64_t flags = 0;
	if (!info[3].IsUndefined())
		flags = static_cast<uint64_t>(TakeInteger(info[3], "flags", 0, UINT32_MAX));
	int fd = MapFd(map);
	if (fd < 0)
		return Napi::Number::New(env, -EBADF);
	return Napi::Number::New(env, bpf_map_update_elem(fd, key, value, flags) < 0 ? -errno : 0);
}

Napi::Value BpfObject::Delete(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	const uint8_t *key = TakeBytes(info[1], "key", bpf_map__key_size(map));
	int fd = MapFd(map);
	if (fd < 0)
		return Napi::Number::New(env, -EBADF);
	return Napi::Number::New(env, bpf_map_delete_elem(fd, key) < 0 ? -errno : 0);
}
