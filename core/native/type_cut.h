// Of all types those that an object names, and what they are made of.
#pragma once

#include <string>

#include "type_table.h"

// As BTF. `wanted`: the object's own.
std::string CutTypes(const TypeTable &all, const TypeTable &wanted);
