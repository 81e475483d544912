/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_symbols.h"

#include <errno.h>
#include <gelf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/arch/arch.h"
#include "common/suggestions.h"
#include "debug_file.h"
#include "elf_build_id.h"
#include "elf_strings.h"

struct bcc_elf {
	Elf *elf;
	char *path;
	size_t segments;
};

bool bcc_elf_is_native(int fd)
{
	ElfW(Ehdr) header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
	       header.e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
	       header.e_machine == bcc_arch_host->elf_machine;
}

static int not_elf(struct bcc_err *err, struct bcc_elf *e, const char *why)
{
	int ret = bcc_fail(
		err, -ENOEXEC, "%s is not an ELF executable or library for this machine: %s", e->path, why);

	bcc_elf_close(e);
	return ret;
}

int bcc_elf_open(struct bcc_err *err, int fd, const char *path, struct bcc_elf **out)
{
	struct bcc_elf *e = calloc(1, sizeof(*e));
	GElf_Ehdr header;

	*out = NULL;
	if (e)
		e->path = strdup(path);
	if (!e || !e->path) {
		bcc_elf_close(e);
		return bcc_fail(err, -ENOMEM, "out of memory reading %s", path);
	}
	elf_version(EV_CURRENT);
	/* read, not mapped: a file that is truncated meanwhile must not raise SIGBUS */
	e->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!e->elf || elf_kind(e->elf) != ELF_K_ELF)
		return not_elf(err, e, "it has no ELF header");
	if (!gelf_getehdr(e->elf, &header))
		return not_elf(err, e, elf_errmsg(-1));
	if (bcc_arch_of_elf(header.e_machine) != bcc_arch_host)
		return not_elf(err, e, "it is for another architecture");
	if (header.e_ident[EI_DATA] != (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB))
		return not_elf(err, e, "it has another byte order");
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return not_elf(err, e, "it is an object, core or relocatable file");
	if (elf_getphdrnum(e->elf, &e->segments) || !e->segments)
		return not_elf(err, e, "it has no program headers");
	*out = e;
	return 0;
}

void bcc_elf_close(struct bcc_elf *elf)
{
	if (!elf)
		return;
	if (elf->elf)
		elf_end(elf->elf);
	free(elf->path);
	free(elf);
}

/* ---- symbols ---- */

/* A search for one name; better candidates replace worse ones. */
struct search {
	const char *name;
	size_t name_length;
	const char *version; /* NULL: the default one */
	int rank;	     /* of the best so far, 0: none */
	GElf_Sym symbol;
	bool is_import, is_data; /* there is a symbol of that name, but not a function of this file */
	size_t seen;		 /* symbols looked at */
	struct bcc_near_names near;
};

/* A symbol table and the sections that belong to it. */
struct table {
	Elf *elf;
	Elf_Data *symbols;
	size_t count, strings; /* strings: section index */
	Elf_Data *versions;    /* .gnu.version: an index for each symbol; NULL: none */
	Elf_Data *definitions; /* .gnu.version_d */
	size_t definition_count, definition_strings;
};

/* The name of version `index`, NULL: none. */
static const char *version_name(const struct table *t, unsigned index)
{
	size_t at = 0;

	for (size_t i = 0; t->definitions && i < t->definition_count; i++) {
		GElf_Verdef definition;
		GElf_Verdaux auxiliary;

		if (!gelf_getverdef(t->definitions, at, &definition))
			return NULL;
		if (definition.vd_ndx == index) {
			if (!gelf_getverdaux(t->definitions, at + definition.vd_aux, &auxiliary))
				return NULL;
			return elf_strptr(t->elf, t->definition_strings, auxiliary.vda_name);
		}
		if (!definition.vd_next)
			return NULL;
		at += definition.vd_next;
	}
	return NULL;
}

/* 0: not the requested version; 1: one hidden by a newer one; 2: matches. `suffix` is "@V" or "@@V" of the
 * name itself, as older linkers leave it in .symtab. */
static int version_rank(const struct search *s, const struct table *t, size_t index, const char *suffix)
{
	const char *version = *suffix ? suffix + strspn(suffix, "@") : NULL;
	bool hidden = suffix[0] == '@' && suffix[1] != '@';
	GElf_Versym number;

	if (!version && t->versions && gelf_getversym(t->versions, index, &number)) {
		hidden = number & 0x8000; /* VERSYM_HIDDEN: not the default version */
		version = version_name(t, number & 0x7fff);
	}
	if (!s->version)
		return hidden ? 1 : 2;
	return version && !strcmp(version, s->version) ? 2 : 0;
}

static int elf_symbols_rank(
	struct search *s, const struct table *t, size_t index, const GElf_Sym *symbol, const char *suffix)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	int version = version_rank(s, t, index, suffix);

	if (!version)
		return 0;
	if (symbol->st_shndx == SHN_UNDEF) {
		s->is_import = true;
		return 0;
	}
	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) {
		s->is_data = true;
		return 0;
	}
	/* assembly sources often omit the type; a version counts more than a type, and global more than
	 * local */
	return version * 8 + (type == STT_NOTYPE ? 0 : 4) +
	       (GELF_ST_BIND(symbol->st_info) == STB_LOCAL ? 1 : 2);
}

static void elf_symbols_consider(struct search *s, const struct table *t, size_t index)
{
	GElf_Sym symbol;
	const char *name;
	int ret, type;

	if (!gelf_getsym(t->symbols, index, &symbol))
		return;
	name = elf_strptr(t->elf, t->strings, symbol.st_name);
	if (!name || !*name)
		return;
	s->seen++;
	type = GELF_ST_TYPE(symbol.st_info);
	if (strncmp(name, s->name, s->name_length) || (name[s->name_length] && name[s->name_length] != '@')) {
		if (symbol.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC))
			bcc_near_offer(&s->near, name);
		return;
	}
	ret = elf_symbols_rank(s, t, index, &symbol, name + s->name_length);
	if (ret > s->rank) {
		s->rank = ret;
		s->symbol = symbol;
	}
}

/* Adds the version sections that go with the dynamic symbols. */
static void find_versions(struct table *t)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(t->elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_GNU_versym) {
			t->versions = elf_getdata(section, NULL);
		} else if (header.sh_type == SHT_GNU_verdef && bcc_elf_strings_end(t->elf, header.sh_link)) {
			t->definitions = elf_getdata(section, NULL);
			t->definition_count = header.sh_info;
			t->definition_strings = header.sh_link;
		}
	}
}

static void elf_symbols_search_section(struct search *s, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	struct table t = {.elf = elf, .strings = header->sh_link};
	size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);

	t.symbols = elf_getdata(section, NULL);
	if (!t.symbols || !entry || !bcc_elf_strings_end(elf, t.strings))
		return;
	t.count = t.symbols->d_size / entry;
	if (header->sh_type == SHT_DYNSYM)
		find_versions(&t);
	for (size_t i = 1; i < t.count; i++)
		elf_symbols_consider(s, &t, i);
}

static int elf_symbols_not_found(
	struct bcc_err *err, struct bcc_elf *elf, const char *symbol, const struct search *s)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];

	if (s->is_import)
		return bcc_fail(err, -ENOENT, "%s only imports %s, which is defined in one of its libraries",
			elf->path, symbol);
	if (s->is_data)
		return bcc_fail(err, -ENOENT, "%s of %s is not a function", symbol, elf->path);
	if (!s->seen)
		return bcc_fail(err, -ENOENT,
			"%s has no symbol table (it is stripped): give an address instead of %s", elf->path,
			symbol);
	return bcc_fail(err, -ENOENT, "%s has no function %s%s", elf->path, symbol,
		bcc_near_text(&s->near, hint, sizeof(hint)));
}

static void search_all(struct search *s, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
			(header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			elf_symbols_search_section(s, elf, section, &header);
}

/* A stripped file's static functions are in its debug file. */
static void search_debug_file(struct search *s, struct bcc_elf *elf)
{
	static const struct bcc_root own = {.fd = -1};
	uint8_t build_id[64];
	struct bcc_debug_search search = {.path = elf->path, .root = &own, .build_id = build_id};
	struct bcc_debug_file debug;

	search.build_id_size = bcc_elf_build_id(elf->elf, build_id, sizeof(build_id));
	if (!bcc_debug_file_open(elf->elf, &search, &debug))
		return;
	search_all(s, debug.elf);
	s->symbol.st_value += debug.moved;
	bcc_debug_file_close(&debug);
}

int bcc_elf_find_function(
	struct bcc_err *err, struct bcc_elf *elf, const char *symbol, struct bcc_elf_function *out)
{
	struct search s = {.name = symbol, .name_length = strcspn(symbol, "@")};
	char bare[BCC_NEAR_LENGTH] = "";

	if (symbol[s.name_length])
		s.version = symbol + s.name_length + strspn(symbol + s.name_length, "@");
	search_all(&s, elf->elf);
	if (!s.rank)
		search_debug_file(&s, elf);
	if (!s.name_length || !s.rank) {
		/* comparing names is slow, so it is done in a separate pass */
		if (s.name_length < sizeof(bare))
			memcpy(bare, symbol, s.name_length);
		bcc_near_init(&s.near, bare);
		search_all(&s, elf->elf);
		return elf_symbols_not_found(err, elf, symbol, &s);
	}
	out->address = s.symbol.st_value;
	out->size = s.symbol.st_size;
	out->is_ifunc = GELF_ST_TYPE(s.symbol.st_info) == STT_GNU_IFUNC;
	return 0;
}

int bcc_elf_file_offset(struct bcc_err *err, struct bcc_elf *elf, uint64_t address, uint64_t *offset)
{
	bool mapped = false;

	for (size_t i = 0; i < elf->segments; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf->elf, i, &segment) || segment.p_type != PT_LOAD)
			continue;
		if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
			continue;
		mapped = true;
		if (!(segment.p_flags & PF_X))
			continue;
		*offset = address - segment.p_vaddr + segment.p_offset;
		return 0;
	}
	return bcc_fail(err, -EINVAL, "address %#llx of %s is in %s", (unsigned long long)address, elf->path,
		mapped ? "a segment that is not executable" : "none of its segments");
}
