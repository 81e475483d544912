/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a section in a well-formed ELF file in memory; NULL if there is no section of that name. */
#ifndef TESTS_UNIT_ELF_SECTION_H
#define TESTS_UNIT_ELF_SECTION_H

#include <elf.h>
#include <stddef.h>
#include <string.h>

static Elf64_Shdr *elf_section(void *elf, const char *name)
{
	const Elf64_Ehdr *header = elf;
	Elf64_Shdr *sections = (Elf64_Shdr *)((char *)elf + header->e_shoff);
	const char *names = (const char *)elf + sections[header->e_shstrndx].sh_offset;

	for (unsigned i = 0; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	return NULL;
}

#endif
