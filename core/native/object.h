// One BPF object file: its programs, maps, links and streams.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include <bpf/libbpf.h>
#include <napi.h>

#include "environment.h"

class Stream;

class BpfObject : public Resource, public std::enable_shared_from_this<BpfObject>
{
      public:
	static constexpr napi_type_tag kTag = {0x6b9d4c1f0a5e4c7eULL, 0x9f1d3ab25d7c6e01ULL};
	static constexpr const char *kName = "object";
	static void Define(Napi::Env env);
	static Napi::Value Open(const Napi::CallbackInfo &info);

	BpfObject(Environment &environment, bpf_object *object);
	~BpfObject() override;
	void Close() override;
	bool closed() const
	{
		return object_ == nullptr;
	}

	// The live memory of a writable global-data map after load; null and -errno in `error`
	// where there is none.
	uint8_t *Live(bpf_map *map, size_t *size, int *error);
	bpf_map *FindMap(const std::string &name) const;
	// Negative before load, and for a map that is left out.
	int MapFd(const bpf_map *map) const;
	void Forget(bpf_map *map);

      private:
	// describe.cc
	Napi::Value Programs(const Napi::CallbackInfo &info);
	Napi::Value Maps(const Napi::CallbackInfo &info);
	Napi::Value Btf(const Napi::CallbackInfo &info);
	// object.cc
	Napi::Value SetAutoload(const Napi::CallbackInfo &info);
	Napi::Value SetAttachTarget(const Napi::CallbackInfo &info);
	Napi::Value SetMaxEntries(const Napi::CallbackInfo &info);
	Napi::Value SetAutocreate(const Napi::CallbackInfo &info);
	Napi::Value ReuseMap(const Napi::CallbackInfo &info);
	Napi::Value Load(const Napi::CallbackInfo &info);
	Napi::Value CloseIt(const Napi::CallbackInfo &info);
	// data.cc
	Napi::Value Data(const Napi::CallbackInfo &info);
	Napi::Value SetData(const Napi::CallbackInfo &info);
	// attach.cc
	Napi::Value Attach(const Napi::CallbackInfo &info);
	Napi::Value Detach(const Napi::CallbackInfo &info);
	Napi::Value Info(const Napi::CallbackInfo &info);
	// map.cc
	Napi::Value Lookup(const Napi::CallbackInfo &info);
	Napi::Value Update(const Napi::CallbackInfo &info);
	Napi::Value Delete(const Napi::CallbackInfo &info);
	Napi::Value Entries(const Napi::CallbackInfo &info);
	// open_stream.cc
	Napi::Value OpenStream(const Napi::CallbackInfo &info);

	bpf_program *FindProgram(const std::string &name) const;
	// What the programs to be loaded trace; 0, or -errno.
	int FindTargets();
	// Runs of a program that the kernel skipped before it came to the program.
	uint64_t Missed(const std::string &program) const;

	struct Link {
		bpf_link *link;
		std::string program;
	};

	struct Mapping {
		void *memory;
		size_t length;
	};

	Environment &environment_;
	bpf_object *object_;
	bool loaded_ = false;
	// Programs whose target was set.
	std::set<const bpf_program *> targeted_;
	int next_link_ = 1;
	std::map<int, Link> links_;
	// By program: runs that its links missed which are detached.
	std::map<std::string, uint64_t> missed_;
	std::map<bpf_map *, Mapping> live_;
	std::map<bpf_map *, Stream *> streams_;
};
