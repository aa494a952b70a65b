// All entries of a map: in batches where the kernel has them (5.6), one by one where not.
#include "object.h"

#include <cerrno>
#include <unordered_set>
#include <vector>

#include <bpf/bpf.h>

#include "arguments.h"
#include "map.h"
#include "wrap.h"

namespace
{

// The kernel's own, which no user header has: "this map type cannot do that".
constexpr int kNotSupported = 524;

struct EntryList {
	std::vector<uint8_t> keys;
	std::vector<uint8_t> values;
	size_t count = 0;
};

struct Shape {
	int fd;
	size_t key_size;
	size_t value_size;
	size_t max_entries;
	bool remove;
};

int ReadBatches(const Shape &shape, EntryList &entries)
{
	// A hash map's position is a bucket number of 4 bytes, an array's or a trie's is a key.
	std::vector<uint8_t> position(std::max<size_t>(shape.key_size, sizeof(__u32)));
	auto read = shape.remove ? bpf_map_lookup_and_delete_batch : bpf_map_lookup_batch;
	size_t room = std::min<size_t>(shape.max_entries, 4096);
	bool started = false;
	for (;;) {
		entries.keys.resize((entries.count + room) * shape.key_size);
		entries.values.resize((entries.count + room) * shape.value_size);
		auto count = static_cast<__u32>(room);
		int error = read(shape.fd, started ? position.data() : nullptr, position.data(),
		                 entries.keys.data() + entries.count * shape.key_size,
		                 entries.values.data() + entries.count * shape.value_size, &count,
		                 nullptr) < 0
		                    ? -errno
		                    : 0;
		// One bucket holds more than there is room for: nothing was read
		// (__htab_map_lookup_and_delete_batch).
		if (error == -ENOSPC && room < 2 * shape.max_entries) {
			room *= 2;
			continue;
		}
		if (error != 0 && error != -ENOENT)
			return error;
		started = true;
		entries.count += count;
		if (error == -ENOENT || count == 0)
			return 0;
	}
}

int ReadOneByOne(const Shape &shape, EntryList &entries)
{
	// Keys first: deleting while walking would start the walk again. A walk that meets a key
	// deleted by somebody else starts again too, hence the set.
	std::unordered_set<std::string> seen;
	std::vector<std::string> keys;
	std::string key, next(shape.key_size, '\0');
	for (size_t steps = 0; steps < 2 * shape.max_entries; steps++) {
		if (bpf_map_get_next_key(shape.fd, steps > 0 ? key.data() : nullptr, next.data()) <
		    0) {
			if (errno == ENOENT)
				break;
			return -errno;
		}
		key = next;
		if (seen.insert(key).second)
			keys.push_back(key);
	}
	for (const std::string &one : keys) {
		entries.keys.insert(entries.keys.end(), one.begin(), one.end());
		entries.values.resize((entries.count + 1) * shape.value_size);
		uint8_t *value = entries.values.data() + entries.count * shape.value_size;
		bool gone = bpf_map_lookup_elem(shape.fd, one.data(), value) < 0;
		if (gone && errno != ENOENT)
			return -errno;
		if (!gone && shape.remove && bpf_map_delete_elem(shape.fd, one.data()) < 0 &&
		    errno != ENOENT)
			return -errno;
		if (gone)
			entries.keys.resize(entries.count * shape.key_size);
		else
			entries.count++;
	}
	return 0;
}

} // namespace

Napi::Value BpfObject::Entries(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	bool remove = TakeBoolean(info[1], "remove");
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	Shape shape = {MapFd(map), bpf_map__key_size(map), ValueSize(map),
	               bpf_map__max_entries(map), remove};
	if (shape.fd < 0)
		return Napi::Number::New(env, -EBADF);
	EntryList entries;
	int error = ReadBatches(shape, entries);
	bool unable = error == -EINVAL || error == -kNotSupported || error == -EOPNOTSUPP;
	if (unable && entries.count == 0)
		error = ReadOneByOne(shape, entries = {});
	if (error < 0)
		return Napi::Number::New(env, error);
	Napi::Object result = Napi::Object::New(env);
	result["keys"] = CopyBytes(env, entries.keys.data(), entries.count * shape.key_size);
	result["values"] = CopyBytes(env, entries.values.data(), entries.count * shape.value_size);
	result["count"] = static_cast<double>(entries.count);
	return result;
}
