/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note with owner "stapsdt" and type 3 holds three words (the address of the probe, the link-time address
 * of section .stapsdt.base, the address of the semaphore or 0) and three strings: provider, name, arguments.
 * prelink(8) moves a file's sections but does not change notes; the section's actual address tells by how
 * much. (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation)
 */
#include "notes.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/symbols/elf/elf_strings.h"

#define NOTE_TYPE 3
#define NOTE_OWNER "stapsdt"
#define MAX_SECTION (1UL << 28) /* a sparse file can claim a section larger than the machine's memory */

struct file {
	Elf *elf;
	size_t segments;
	size_t word;   /* bytes of an address */
	uint64_t base; /* address of .stapsdt.base, 0: none */
};

static bool usdt_notes_is_called(Elf *elf, size_t names, const GElf_Shdr *header, const char *name)
{
	const char *own = elf_strptr(elf, names, header->sh_name);

	return own && !strcmp(own, name);
}

/* The file offset of what is at `address`, in a segment that has all of `flags`. */
static bool usdt_notes_file_offset(const struct file *f, uint64_t address, uint32_t flags, uint64_t *offset)
{
	for (size_t i = 0; i < f->segments; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(f->elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
			(segment.p_flags & flags) != flags || address < segment.p_vaddr ||
			address - segment.p_vaddr >= segment.p_filesz)
			continue;
		*offset = address - segment.p_vaddr + segment.p_offset;
		return true;
	}
	return false;
}

static uint64_t word_at(const struct file *f, const char *data, size_t index)
{
	uint64_t wide = 0;
	uint32_t narrow;

	if (f->word == 8) {
		memcpy(&wide, data + 8 * index, 8);
		return wide;
	}
	memcpy(&narrow, data + 4 * index, 4);
	return narrow;
}

/* The string at `*at`, which is moved past it; NULL if it is not terminated. */
static const char *usdt_notes_string(const char **at, const char *end)
{
	const char *start = *at;
	const char *zero = start < end ? memchr(start, 0, (size_t)(end - start)) : NULL;

	if (!zero)
		return NULL;
	*at = zero + 1;
	return start;
}

static int usdt_notes_add(struct bcc_usdt_notes *notes, const struct bcc_usdt_note *note)
{
	struct bcc_usdt_note *more;

	/* powers of two */
	if (!(notes->count & (notes->count - 1))) {
		more = realloc(notes->list, (notes->count ? 2 * notes->count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		notes->list = more;
	}
	notes->list[notes->count++] = *note;
	return 0;
}

static int read_note(const struct file *f, const char *data, size_t size, struct bcc_usdt_notes *out)
{
	struct bcc_usdt_note note = {0};
	const char *at, *end;
	uint64_t moved;

	if (size <= 3 * f->word)
		return 0;
	moved = f->base ? f->base - word_at(f, data, 1) : 0;
	note.address = word_at(f, data, 0) + moved;
	note.semaphore = word_at(f, data, 2);
	if (note.semaphore)
		note.semaphore += moved;
	if (!usdt_notes_file_offset(f, note.address, PF_X, &note.offset))
		return 0;
	if (note.semaphore && !usdt_notes_file_offset(f, note.semaphore, PF_W, &note.semaphore_offset))
		note.semaphore = 0;
	size -= 3 * f->word;
	note.text = malloc(size);
	if (!note.text)
		return -ENOMEM;
	memcpy(note.text, data + 3 * f->word, size);
	at = note.text;
	end = at + size;
	note.provider = usdt_notes_string(&at, end);
	note.name = note.provider ? usdt_notes_string(&at, end) : NULL;
	note.arguments = note.name ? usdt_notes_string(&at, end) : NULL;
	if (!note.arguments || !*note.provider || !*note.name) {
		free(note.text);
		return 0;
	}
	if (usdt_notes_add(out, &note)) {
		free(note.text);
		return -ENOMEM;
	}
	return 0;
}

static int usdt_notes_read_section(const struct file *f, Elf_Scn *section, struct bcc_usdt_notes *out)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t at = 0, name, description, next;
	GElf_Nhdr header;
	int ret = 0;

	while (!ret && data && data->d_buf &&
		(next = gelf_getnote(data, at, &header, &name, &description)) > 0) {
		const char *bytes = data->d_buf;

		if (header.n_type == NOTE_TYPE && header.n_namesz == sizeof(NOTE_OWNER) &&
			!memcmp(bytes + name, NOTE_OWNER, sizeof(NOTE_OWNER)))
			ret = read_note(f, bytes + description, header.n_descsz, out);
		at = next;
	}
	return ret;
}

static int usdt_notes_read_sections(struct file *f, struct bcc_usdt_notes *out)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;
	int ret = 0;

	if (elf_getshdrstrndx(f->elf, &names) || !bcc_elf_strings_end(f->elf, names))
		return 0;
	while ((section = elf_nextscn(f->elf, section)))
		if (gelf_getshdr(section, &header) &&
			usdt_notes_is_called(f->elf, names, &header, ".stapsdt.base"))
			f->base = header.sh_addr;
	while (!ret && (section = elf_nextscn(f->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_NOTE &&
			header.sh_size <= MAX_SECTION &&
			usdt_notes_is_called(f->elf, names, &header, ".note.stapsdt"))
			ret = usdt_notes_read_section(f, section, out);
	return ret;
}

/* Only files of this machine's byte order: words are copied unchanged. */
static bool open_elf(struct file *f, int fd, const struct bcc_arch **arch)
{
	GElf_Ehdr header;

	elf_version(EV_CURRENT);
	/* read, not mapped: a file that is truncated meanwhile must not raise SIGBUS */
	f->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &header) ||
		header.e_ident[EI_DATA] !=
			(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB) ||
		(header.e_type != ET_EXEC && header.e_type != ET_DYN) || elf_getphdrnum(f->elf, &f->segments))
		return false;
	f->word = header.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
	*arch = bcc_arch_of_elf(header.e_machine);
	return *arch && (header.e_machine == (*arch)->elf_machine || (*arch)->has_registers_of_32);
}

int bcc_usdt_notes_read(struct bcc_err *err, int fd, const char *path, struct bcc_usdt_notes *out)
{
	struct file f = {0};
	int ret;

	*out = (struct bcc_usdt_notes){0};
	if (open_elf(&f, fd, &out->arch))
		ret = usdt_notes_read_sections(&f, out);
	else
		ret = -ENOEXEC;
	elf_end(f.elf);
	if (ret == -ENOEXEC)
		return bcc_fail(err, ret, "%s is not an ELF executable or library for this machine", path);
	return ret ? bcc_fail(err, ret, "out of memory for the static probes of %s", path) : 0;
}

void bcc_usdt_notes_free(struct bcc_usdt_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->list[i].text);
	free(notes->list);
	*notes = (struct bcc_usdt_notes){0};
}

/* ---- symbols that arguments refer to ---- */

struct symbol_search {
	const char *name;
	size_t length;
	bool found, several;
	uint64_t address;
};

static void usdt_notes_search_section(
	struct symbol_search *s, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;

	for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
		int type = GELF_ST_TYPE(symbol.st_info);

		if (!name || symbol.st_shndx == SHN_UNDEF || type == STT_TLS || type == STT_SECTION ||
			strncmp(name, s->name, s->length) || name[s->length])
			continue;
		s->several |= s->found && s->address != symbol.st_value;
		s->found = true;
		s->address = symbol.st_value;
	}
}

int bcc_usdt_symbol_address(int fd, const char *name, size_t length, uint64_t *address)
{
	struct symbol_search s = {.name = name, .length = length};
	Elf_Scn *section = NULL;
	const struct bcc_arch *arch;
	struct file f = {0};
	GElf_Shdr header;

	if (length && open_elf(&f, fd, &arch))
		while ((section = elf_nextscn(f.elf, section)))
			if (gelf_getshdr(section, &header) && header.sh_size <= MAX_SECTION &&
				(header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) &&
				bcc_elf_strings_end(f.elf, header.sh_link))
				usdt_notes_search_section(&s, f.elf, section, &header);
	elf_end(f.elf);
	if (!s.found)
		return -ENOENT;
	*address = s.address;
	return s.several ? -ENOTUNIQ : 0;
}
