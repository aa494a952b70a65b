// object.stream(): the options checked, the ring and the awake word found.
#include <cerrno>

#include <linux/bpf.h>

#include "arguments.h"
#include "stream.h"
#include "wrap.h"

namespace
{

constexpr int64_t kMostMs = 3'600'000;

struct AwakeWord {
	std::string map;
	size_t offset = 0;
};

AwakeWord TakeAwake(Napi::Object options)
{
	Napi::Value value = options.Get("awake");
	if (value.IsUndefined())
		return {};
	Napi::Object awake = TakeObject(value, "awake");
	std::string map = TakeText(awake.Get("map"), "awake.map");
	return {map, static_cast<size_t>(
	                     TakeInteger(awake.Get("offset"), "awake.offset", 0, UINT32_MAX))};
}

StreamPolicy TakePolicy(Napi::Object options)
{
	auto integer = [&](const char *key, int64_t least, int64_t most) {
		return static_cast<uint64_t>(TakeInteger(options.Get(key), key, least, most));
	};
	return {integer("intervalMs", 1, kMostMs), integer("quietTicks", 1, 1'000'000),
	        integer("lastLookMs", 1, kMostMs), integer("batchBytes", 64, 64 << 20)};
}

} // namespace

void BpfObject::Forget(bpf_map *map)
{
	streams_.erase(map);
}

Napi::Value BpfObject::OpenStream(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = TakeText(info[0], "map");
	Napi::Object options = TakeObject(info[1], "options");
	StreamPolicy policy = TakePolicy(options);
	AwakeWord word = TakeAwake(options);
	Napi::Function on_batch = TakeFunction(info[2], "onBatch");
	// Reading the options may have run a getter.
	RequireOpen(env, *this);

	bpf_map *map = FindMap(name);
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
		return Napi::Number::New(env, -EINVAL);
	bpf_map *data = word.map.empty() ? nullptr : FindMap(word.map);
	if (data == nullptr && !word.map.empty())
		return Napi::Number::New(env, -ENOENT);
	if (data != nullptr) {
		if (!bpf_map__is_internal(data))
			return Napi::Number::New(env, -EINVAL);
		if (word.offset % 4 != 0 || word.offset + 4 > bpf_map__value_size(data))
			throw Napi::TypeError::New(
			        env, "awake.offset must be an aligned word of the map");
	}
	if (MapFd(map) < 0)
		return Napi::Number::New(env, -EBADF);
	// Two readers of one ring would each move the other's position.
	if (streams_.count(map) > 0)
		return Napi::Number::New(env, -EBUSY);

	uint32_t *awake = nullptr;
	if (data != nullptr) {
		size_t size;
		int error;
		uint8_t *live = Live(data, &size, &error);
		if (live == nullptr)
			return Napi::Number::New(env, error);
		awake = reinterpret_cast<uint32_t *>(live + word.offset);
	}
	auto stream = std::make_shared<Stream>(env, shared_from_this(), map, policy);
	int error = stream->Open(awake);
	if (error < 0)
		return Napi::Number::New(env, error);
	Napi::Object object = Wrap(env, environment_.stream_class, stream);
	stream->Start(object, info.This().As<Napi::Object>(), on_batch);
	streams_[map] = stream.get();
	return object;
}
