/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/section_name.h"
#include "common/sorted_search.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

struct input {
	const uint8_t *data;
	size_t size;
	struct bcc_err *err;
};

static bool in_range(const struct input *in, uint64_t offset, uint64_t length)
{
	return offset <= in->size && length <= in->size - offset;
}

static int object_elf_broken(const struct input *in, const char *what)
{
	return bcc_fail(in->err, -EINVAL, "the compiled object is damaged: %s", what);
}

static int read_header(const struct input *in, Elf64_Ehdr *header)
{
	if (in->size < sizeof(*header))
		return object_elf_broken(in, "it is shorter than an ELF header");
	memcpy(header, in->data, sizeof(*header));
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return object_elf_broken(in, "it is not an ELF file");
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_REL ||
		header->e_machine != EM_BPF)
		return object_elf_broken(in, "it is not a relocatable BPF object");
	if (header->e_ident[EI_DATA] !=
		(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB))
		return object_elf_broken(in, "its byte order is not this machine's");
	if (header->e_shentsize != sizeof(Elf64_Shdr) || !header->e_shnum)
		return object_elf_broken(in, "its section table cannot be read");
	if (!in_range(in, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
		return object_elf_broken(in, "the section table is cut off");
	if (header->e_shstrndx >= header->e_shnum)
		return object_elf_broken(in, "the section of section names does not exist");
	return 0;
}

/* NULL unless `offset` is the start of a terminated string of `table`. */
static const char *object_elf_string_at(const struct bcc_section *table, uint64_t offset)
{
	if (table->type != SHT_STRTAB || offset >= table->size || table->data[table->size - 1] != '\0')
		return NULL;
	return (const char *)table->data + offset;
}

static int object_elf_read_sections(struct bcc_elf *elf, const struct input *in, const Elf64_Ehdr *header)
{
	Elf64_Shdr shdr;

	elf->sections = calloc(header->e_shnum, sizeof(*elf->sections));
	if (!elf->sections)
		return bcc_fail(in->err, -ENOMEM, "out of memory");
	elf->section_count = header->e_shnum;
	for (uint32_t i = 0; i < elf->section_count; i++) {
		struct bcc_section *section = &elf->sections[i];

		memcpy(&shdr, in->data + header->e_shoff + i * sizeof(shdr), sizeof(shdr));
		if (i == 0)
			shdr = (Elf64_Shdr){.sh_type = SHT_NULL};
		section->type = shdr.sh_type;
		section->flags = shdr.sh_flags;
		section->link = shdr.sh_link;
		section->info = shdr.sh_info;
		section->size = shdr.sh_size;
		if (shdr.sh_type == SHT_NULL)
			section->size = 0;
		else if (shdr.sh_type != SHT_NOBITS && !in_range(in, shdr.sh_offset, shdr.sh_size))
			return object_elf_broken(in, "a section is cut off");
		if (shdr.sh_type != SHT_NULL && shdr.sh_type != SHT_NOBITS)
			section->data = in->data + shdr.sh_offset;
	}
	for (uint32_t i = 0; i < elf->section_count; i++) {
		memcpy(&shdr, in->data + header->e_shoff + i * sizeof(shdr), sizeof(shdr));
		elf->sections[i].name =
			i ? object_elf_string_at(&elf->sections[header->e_shstrndx], shdr.sh_name) : "";
		if (!elf->sections[i].name)
			return object_elf_broken(in, "a section has no name");
		elf->sections[i].name = bcc_section_name(elf->sections[i].name);
	}
	return 0;
}

static uint64_t relocation_offset(const struct bcc_section *relocations, size_t i)
{
	Elf64_Rel rel;

	memcpy(&rel, relocations->data + i * sizeof(rel), sizeof(rel));
	return rel.r_offset;
}

static bool relocations_in_order(const struct bcc_section *relocations)
{
	for (size_t i = 1; i < relocations->size / sizeof(Elf64_Rel); i++)
		if (relocation_offset(relocations, i) < relocation_offset(relocations, i - 1))
			return false;
	return true;
}

static int object_elf_by_offset(const void *a, const void *b)
{
	const Elf64_Rel *x = a, *y = b;

	return (x->r_offset > y->r_offset) - (x->r_offset < y->r_offset);
}

/* Compilers write them in order. */
static int object_elf_sort_relocations(struct bcc_section *relocations, struct bcc_err *err)
{
	if (relocations_in_order(relocations))
		return 0;
	relocations->sorted = malloc(relocations->size);
	if (!relocations->sorted)
		return bcc_fail(err, -ENOMEM, "out of memory");
	memcpy(relocations->sorted, relocations->data, relocations->size);
	qsort(relocations->sorted, relocations->size / sizeof(Elf64_Rel), sizeof(Elf64_Rel),
		object_elf_by_offset);
	relocations->data = relocations->sorted;
	return 0;
}

static int link_relocations(struct bcc_elf *elf, const struct input *in, uint32_t symtab)
{
	for (uint32_t i = 1; i < elf->section_count; i++) {
		struct bcc_section *section = &elf->sections[i];
		struct bcc_section *target;
		int ret;

		if (section->type == SHT_RELA)
			return object_elf_broken(in, "it has relocations of an unknown form");
		if (section->type != SHT_REL)
			continue;
		if (section->info == 0 || section->info >= elf->section_count || section->info == i)
			return object_elf_broken(in, "it has relocations for a section that does not exist");
		if (section->link != symtab || symtab == 0)
			return object_elf_broken(in, "it has relocations without a symbol table");
		if (section->size % sizeof(Elf64_Rel) != 0)
			return object_elf_broken(in, "a relocation is cut off");
		target = &elf->sections[section->info];
		if (target->relocations)
			return object_elf_broken(in, "a section has two relocation tables");
		target->relocations = section;
		ret = object_elf_sort_relocations(section, in->err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int object_elf_read_symbols(
	struct bcc_elf *elf, const struct input *in, const struct bcc_section *table)
{
	const struct bcc_section *strings;
	Elf64_Sym sym;

	if (table->link == 0 || table->link >= elf->section_count)
		return object_elf_broken(in, "the section of symbol names does not exist");
	strings = &elf->sections[table->link];
	if (table->size % sizeof(sym) != 0 || table->size / sizeof(sym) > UINT32_MAX)
		return object_elf_broken(in, "a symbol is cut off");
	elf->symbol_count = table->size / sizeof(sym);
	elf->symbols = calloc(elf->symbol_count ? elf->symbol_count : 1, sizeof(*elf->symbols));
	if (!elf->symbols)
		return bcc_fail(in->err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < elf->symbol_count; i++) {
		struct bcc_symbol *symbol = &elf->symbols[i];

		memcpy(&sym, table->data + (size_t)i * sizeof(sym), sizeof(sym));
		if (sym.st_shndx < SHN_LORESERVE && sym.st_shndx >= elf->section_count)
			return object_elf_broken(in, "a symbol refers to a section that does not exist");
		symbol->section = sym.st_shndx < SHN_LORESERVE ? sym.st_shndx : 0;
		symbol->value = sym.st_value;
		symbol->size = sym.st_size;
		symbol->type = ELF64_ST_TYPE(sym.st_info);
		symbol->bind = ELF64_ST_BIND(sym.st_info);
		symbol->hidden = ELF64_ST_VISIBILITY(sym.st_other) == STV_HIDDEN ||
				 ELF64_ST_VISIBILITY(sym.st_other) == STV_INTERNAL;
		symbol->name = symbol->type == STT_SECTION ? elf->sections[symbol->section].name
							   : object_elf_string_at(strings, sym.st_name);
		if (!symbol->name)
			return object_elf_broken(in, "a symbol has no name");
	}
	return 0;
}

static int object_elf_index_names(struct bcc_elf *elf, const struct input *in)
{
	if (bcc_name_index_init(&elf->section_names, elf->section_count) < 0 ||
		bcc_name_index_init(&elf->symbol_names, elf->symbol_count) < 0)
		return bcc_fail(in->err, -ENOMEM, "out of memory");
	for (uint32_t i = 1; i < elf->section_count; i++)
		if (elf->sections[i].type != SHT_NULL)
			bcc_name_index_add(&elf->section_names, elf->sections[i].name, i);
	for (uint32_t i = 1; i < elf->symbol_count; i++)
		bcc_name_index_add(&elf->symbol_names, elf->symbols[i].name, i);
	bcc_name_index_sort(&elf->section_names);
	bcc_name_index_sort(&elf->symbol_names);
	return 0;
}

int bcc_elf_parse(struct bcc_elf *elf, const void *data, size_t size, struct bcc_err *err)
{
	struct input in = {data, size, err};
	uint32_t symtab = 0;
	Elf64_Ehdr header;
	int ret;

	*elf = (struct bcc_elf){0};
	ret = read_header(&in, &header);
	if (ret == 0)
		ret = object_elf_read_sections(elf, &in, &header);
	for (uint32_t i = 1; ret == 0 && i < elf->section_count; i++) {
		if (elf->sections[i].type != SHT_SYMTAB)
			continue;
		if (symtab)
			return object_elf_broken(&in, "it has two symbol tables");
		symtab = i;
		ret = object_elf_read_symbols(elf, &in, &elf->sections[i]);
	}
	if (ret == 0)
		ret = link_relocations(elf, &in, symtab);
	if (ret == 0)
		ret = object_elf_index_names(elf, &in);
	return ret;
}

void bcc_elf_free(struct bcc_elf *elf)
{
	for (uint32_t i = 0; elf->sections && i < elf->section_count; i++)
		free(elf->sections[i].sorted);
	free(elf->sections);
	free(elf->symbols);
	bcc_name_index_free(&elf->section_names);
	bcc_name_index_free(&elf->symbol_names);
	*elf = (struct bcc_elf){0};
}

const struct bcc_section *bcc_elf_section(const struct bcc_elf *elf, const char *name)
{
	const struct bcc_name *found = bcc_name_index_find(&elf->section_names, name);

	return found ? &elf->sections[found->index] : NULL;
}

uint32_t bcc_elf_section_index(const struct bcc_elf *elf, const struct bcc_section *section)
{
	return section - elf->sections;
}

size_t bcc_elf_relocation_count(const struct bcc_section *section)
{
	return section->relocations ? section->relocations->size / sizeof(Elf64_Rel) : 0;
}

size_t bcc_elf_relocation_from(const struct bcc_section *section, uint64_t offset)
{
	size_t count = bcc_elf_relocation_count(section);

	if (!count)
		return 0;
	return bcc_partition_point(i, count, relocation_offset(section->relocations, i) < offset);
}

int bcc_elf_relocation(const struct bcc_elf *elf, const struct bcc_section *section, size_t i,
	struct bcc_relocation *out, struct bcc_err *err)
{
	Elf64_Rel rel;

	memcpy(&rel, section->relocations->data + i * sizeof(rel), sizeof(rel));
	if (ELF64_R_SYM(rel.r_info) >= elf->symbol_count)
		return bcc_fail(err, -EINVAL,
			"the compiled object is damaged: a relocation in %s refers to a symbol that does not exist",
			section->name);
	out->offset = rel.r_offset;
	out->type = ELF64_R_TYPE(rel.r_info);
	out->symbol = &elf->symbols[ELF64_R_SYM(rel.r_info)];
	return 0;
}
