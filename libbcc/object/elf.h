/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a BPF ELF object that loading needs: sections, symbols, relocations. Parsed here rather than
 * by libelf: the input may be a damaged cache file, and here every offset, size and index is checked once, in
 * one place.
 */
#ifndef LIBBCC_OBJECT_ELF_H
#define LIBBCC_OBJECT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name_index.h"

struct bcc_section {
	const char *name; /* as in the text: common/section_name.h */
	uint32_t type;	  /* SHT_… */
	uint32_t link, info;
	uint64_t flags;	     /* SHF_… */
	const uint8_t *data; /* `size` bytes of the object, not aligned; NULL for SHT_NOBITS */
	uint64_t size;
	const struct bcc_section *relocations; /* SHT_REL for this section, NULL: none */
	uint8_t *sorted; /* for SHT_REL: a copy of `data`, if the object does not have it in order */
};

struct bcc_symbol {
	const char *name;
	uint64_t value, size;
	uint32_t section; /* index; 0: undefined or in no section */
	uint8_t type;	  /* STT_… */
	uint8_t bind;	  /* STB_… */
	bool hidden;	  /* from other objects: STV_HIDDEN, STV_INTERNAL */
};

/* Strings and section data point into the bytes given to bcc_elf_parse(). */
struct bcc_elf {
	struct bcc_section *sections; /* [0] is the empty one */
	uint32_t section_count;
	struct bcc_symbol *symbols; /* [0] is the empty one */
	uint32_t symbol_count;
	struct bcc_name_index section_names, symbol_names; /* without the empty ones */
};

struct bcc_relocation {
	uint64_t offset; /* in the section that it applies to */
	uint32_t type;	 /* R_BPF_… */
	const struct bcc_symbol *symbol;
};

/* Returns -EINVAL with an error message unless it is a well-formed relocatable BPF object for this machine's
 * byte order. Call bcc_elf_free() in either case. */
int bcc_elf_parse(struct bcc_elf *elf, const void *data, size_t size, struct bcc_err *err);
void bcc_elf_free(struct bcc_elf *elf);

/* The first section of that name, or NULL. */
const struct bcc_section *bcc_elf_section(const struct bcc_elf *elf, const char *name);
uint32_t bcc_elf_section_index(const struct bcc_elf *elf, const struct bcc_section *section);

size_t bcc_elf_relocation_count(const struct bcc_section *section);
/* The first of the section's relocations at or after `offset`: their offsets ascend. */
size_t bcc_elf_relocation_from(const struct bcc_section *section, uint64_t offset);
/* Reads relocation `i` of `section`; returns -EINVAL with an error message if its symbol does not exist. */
int bcc_elf_relocation(const struct bcc_elf *elf, const struct bcc_section *section, size_t i,
	struct bcc_relocation *out, struct bcc_err *err);

#endif
