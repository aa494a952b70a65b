// The addon's exports; core/bpf/addon.ts is their contract.
#include <bpf/libbpf.h>
#include <napi.h>

#include "arguments.h"
#include "btf.h"
#include "hangup.h"
#include "log.h"
#include "object.h"
#include "privileges.h"
#include "process.h"
#include "row_writer.h"
#include "stream.h"
#include "wrap.h"

namespace
{

Napi::Value LibbpfVersion(const Napi::CallbackInfo &info)
{
	return Napi::String::New(info.Env(), libbpf_version_string());
}

Napi::Value PossibleCpus(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), libbpf_num_possible_cpus());
}

Napi::Value SetLog(const Napi::CallbackInfo &info)
{
	Napi::FunctionReference &log = Environment::Of(info.Env()).log;
	if (info[0].IsNull())
		log.Reset();
	else
		log = Napi::Persistent(TakeFunction(info[0], "onLine"));
	return info.Env().Undefined();
}

Napi::Value ProbeHelper(const Napi::CallbackInfo &info)
{
	auto type = static_cast<bpf_prog_type>(TakeInteger(info[0], "programType", 0, INT32_MAX));
	auto helper = static_cast<bpf_func_id>(TakeInteger(info[1], "helper", 0, INT32_MAX));
	return Napi::Number::New(info.Env(), libbpf_probe_bpf_helper(type, helper, nullptr));
}

Napi::Value ProbeProgramType(const Napi::CallbackInfo &info)
{
	auto type = static_cast<bpf_prog_type>(TakeInteger(info[0], "programType", 0, INT32_MAX));
	return Napi::Number::New(info.Env(), libbpf_probe_bpf_prog_type(type, nullptr));
}

Napi::Value ProbeMapType(const Napi::CallbackInfo &info)
{
	auto type = static_cast<bpf_map_type>(TakeInteger(info[0], "mapType", 0, INT32_MAX));
	return Napi::Number::New(info.Env(), libbpf_probe_bpf_map_type(type, nullptr));
}

Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	TakeOverLog();
	Environment::Install(env);
	BpfObject::Define(env);
	Stream::Define(env);
	Btf::Define(env);
	Hangup::Define(env);
	RowWriter::Define(env);
	const napi_property_descriptor functions[] = {
	        Property("libbpfVersion", Export<LibbpfVersion>),
	        Property("possibleCpus", Export<PossibleCpus>),
	        Property("setLog", Export<SetLog>),
	        Property("open", Export<BpfObject::Open>),
	        Property("openBtf", Export<Btf::Open>),
	        Property("probeHelper", Export<ProbeHelper>),
	        Property("probeProgramType", Export<ProbeProgramType>),
	        Property("probeMapType", Export<ProbeMapType>),
	        Property("watchHangup", Export<Hangup::Watch>),
	        Property("rowWriter", Export<RowWriter::Make>),
	        Property("setUpProcess", Export<process::SetUp>),
	        Property("epochAtZero", Export<process::EpochAtZero>),
	        Property("giveUpPrivileges", Export<privileges::GiveUp>),
	        Property("readingTakesCapability", Export<privileges::ReadingTakesCapability>),
	};
	napi_define_properties(env, exports, std::size(functions), functions);
	return exports;
}

} // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)
