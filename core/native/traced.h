// What tp_btf, fentry and fexit programs trace. The kernel is told it by a number, which libbpf
// finds by reading and copying all of the kernel's types, anew for each object: a fifth of a start,
// and the most memory that it takes. Here it is known from a pass over them that is made anyway.
#pragma once

#include <vector>

#include "elf_sections.h"
#include "type_table.h"

struct bpf_program;

namespace traced
{

// Once a process, before any object is opened: libbpf's list of handlers moves when it grows.
void TakeOverSections();

// Finds among the kernel's types what an object's programs of these sections are for.
void Note(const std::vector<ElfSection> &sections, const TypeTable &kernel);

// Whether it is a program of these.
bool Is(const bpf_program *program);

// Of a program that is to be loaded, and for which no other target was set: 0, or -errno. Where the
// number is not known here, as that of a module's function, libbpf finds it.
int FindTarget(bpf_program *program);

} // namespace traced
