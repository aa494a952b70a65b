// A map pinned by somebody else in place of one of the object's own.
#include "object.h"

#include <cerrno>
#include <cstring>

#include <bpf/bpf.h>
#include <unistd.h>

#include "arguments.h"
#include "wrap.h"

namespace
{

// What is pinned may be a program or a link as well, whose information has another shape.
bool IsMap(int fd)
{
	char target[64] = {};
	std::string link = "/proc/self/fd/" + std::to_string(fd);
	ssize_t length = readlink(link.c_str(), target, sizeof(target) - 1);
	return length > 0 && strcmp(target, "anon_inode:bpf-map") == 0;
}

bool IsHash(__u32 type)
{
	return type == BPF_MAP_TYPE_HASH || type == BPF_MAP_TYPE_LRU_HASH ||
	       type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

int Reuse(bpf_map *map, int fd)
{
	bpf_map_info info = {};
	__u32 length = sizeof(info);
	if (!IsMap(fd))
		return -EINVAL;
	if (bpf_obj_get_info_by_fd(fd, &info, &length) < 0)
		return -errno;
	if (!IsHash(info.type) || info.key_size != bpf_map__key_size(map))
		return -EINVAL;
	return bpf_map__reuse_fd(map, fd);
}

} // namespace

Napi::Value BpfObject::ReuseMap(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	bpf_map *map = FindMap(TakeText(info[0], "map"));
	std::string path = TakeText(info[1], "path");
	if (map == nullptr)
		return Napi::Number::New(env, -ENOENT);
	if (loaded_)
		return Napi::Number::New(env, -EBUSY);
	int fd = bpf_obj_get(path.c_str());
	if (fd < 0)
		return Napi::Number::New(env, -errno);
	int error = Reuse(map, fd);
	// libbpf keeps a descriptor of its own.
	close(fd);
	return Napi::Number::New(env, error);
}
