// Giving up privileges for good, in every thread of the process.
#pragma once

#include <napi.h>

namespace privileges
{

// The capabilities in the first argument (numbers of capabilities(7)) are all that is kept. With an
// account as the second ({uid, gid, groups}) the process goes on as that user.
Napi::Value GiveUp(const Napi::CallbackInfo &info);

// 1 where bpf(2) refuses even to read a map to whoever has no capabilities (before 5.19,
// c8644cd0efe7, with unprivileged BPF switched off), else 0.
Napi::Value ReadingTakesCapability(const Napi::CallbackInfo &info);

} // namespace privileges
