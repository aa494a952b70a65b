#include "elf_sections.h"

#include <cstring>

#include <elf.h>

std::vector<ElfSection> SectionsOf(ByteView file)
{
	ByteView head = Slice(file, 0, sizeof(Elf64_Ehdr));
	if (head.empty())
		return {};
	auto elf = reinterpret_cast<const Elf64_Ehdr *>(head.data());
	ByteView table = Slice(file, elf->e_shoff, uint64_t(elf->e_shnum) * sizeof(Elf64_Shdr));
	if (table.empty() || elf->e_shstrndx >= elf->e_shnum)
		return {};
	auto headers = reinterpret_cast<const Elf64_Shdr *>(table.data());
	const Elf64_Shdr &naming = headers[elf->e_shstrndx];
	ByteView names = Slice(file, naming.sh_offset, naming.sh_size);
	std::vector<ElfSection> sections;
	for (int i = 0; i < elf->e_shnum; i++) {
		if (headers[i].sh_name >= names.size())
			continue;
		auto name = reinterpret_cast<const char *>(names.data()) + headers[i].sh_name;
		sections.push_back({{name, strnlen(name, names.size() - headers[i].sh_name)},
		                    Slice(file, headers[i].sh_offset, headers[i].sh_size)});
	}
	return sections;
}
