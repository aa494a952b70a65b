// Settings of the whole process, for one that is a tool and nothing else.
#pragma once

#include <napi.h>

namespace process
{

Napi::Value SetUp(const Napi::CallbackInfo &info);
Napi::Value EpochAtZero(const Napi::CallbackInfo &info);

// After work that has needed many times the memory it keeps.
void GiveMemoryBack();

} // namespace process
