/* SPDX-License-Identifier: Apache-2.0 */
/* What an ELF file contains: symbols, segments, static probes, build ID. Files are given by path; other files
 * are not reported as errors. */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "libbcc/symbols/elf/debug_file.h"
#include "libbcc/symbols/elf/elf_build_id.h"
#include "libbcc/symbols/elf/elf_strings.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/elf/zip_member.h"
#include "libbcc/usdt/notes.h"
#include "abi.h"

#define VDSO_NAME "[vdso]"
#define BUILD_ID_SIZE 20

struct file {
	int fd;
	Elf *elf;
};

static void close_file(struct file *file)
{
	elf_end(file->elf);
	if (file->fd >= 0)
		close(file->fd);
}

#define auto_file __attribute__((cleanup(close_file)))

static bool abi_elf_open_file(const char *path, struct file *file)
{
	struct bcc_binary binary;

	elf_version(EV_CURRENT);
	file->fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	if (file->fd < 0 && path && strstr(path, BCC_ZIP_SEPARATOR) &&
		!bcc_binary_open(NULL, path, 0, &binary)) {
		file->fd = binary.fd;
		binary.fd = -1;
		bcc_binary_close(&binary);
	}
	file->elf = file->fd < 0 ? NULL : elf_begin(file->fd, ELF_C_READ, NULL);
	return file->elf && elf_kind(file->elf) == ELF_K_ELF;
}

static bool debug_file_of(const struct file *file, const char *path, const struct bcc_symbol_option *option,
	struct bcc_debug_file *debug)
{
	static const struct bcc_root own = {.fd = -1};
	uint8_t build_id[64];
	struct bcc_debug_search search = {
		.path = path, .root = &own, .build_id = build_id, .no_crc = !option->check_debug_file_crc};

	search.build_id_size = bcc_elf_build_id(file->elf, build_id, sizeof(build_id));
	return bcc_debug_file_open(file->elf, &search, debug);
}

/* ---- symbols ---- */

/* One walk over symbols; only one of the callbacks is set. */
struct walk {
	const struct bcc_symbol_option *option;
	bcc_elf_symcb fn;
	bcc_elf_symcb_lazy lazy;
	int is_debug_file;
	void *payload;
};

static int each_of_section(const struct walk *w, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);

	for (size_t i = 0; data && size && i < data->d_size / size; i++) {
		GElf_Sym symbol;
		const char *name;
		int stop = 0;

		if (!gelf_getsym(data, (int)i, &symbol) || !symbol.st_name || !symbol.st_value ||
			!(w->option->use_symbol_type & 1U << GELF_ST_TYPE(symbol.st_info)))
			continue;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (!name || !*name)
			continue;
		if (w->fn)
			stop = w->fn(name, symbol.st_value, symbol.st_size, w->payload);
		else if (w->lazy)
			stop = w->lazy(header->sh_link, symbol.st_name, strlen(name), symbol.st_value,
				symbol.st_size, w->is_debug_file, w->payload);
		if (stop < 0)
			return -1;
	}
	return 0;
}

static int each_of_elf(const struct walk *w, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
			(header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) &&
			bcc_elf_strings_end(elf, header.sh_link) && each_of_section(w, elf, section, &header))
			return -1;
	return 0;
}

static int each_symbol(const char *path, struct walk *w)
{
	static const struct bcc_symbol_option all = {1, 1, 1, UINT32_MAX};
	auto_file struct file file;
	struct bcc_debug_file debug;
	bool go_on = true;

	if (!abi_elf_open_file(path, &file))
		return -1;
	if (!w->option)
		w->option = &all;
	if (w->option->use_debug_file && debug_file_of(&file, path, w->option, &debug)) {
		w->is_debug_file = 1;
		go_on = !each_of_elf(w, debug.elf);
		w->is_debug_file = 0;
		bcc_debug_file_close(&debug);
	}
	if (go_on)
		each_of_elf(w, file.elf);
	return 0;
}

int bcc_elf_foreach_sym(const char *path, bcc_elf_symcb callback, void *option, void *payload)
{
	struct walk walk = {.option = option, .fn = callback, .payload = payload};

	return each_symbol(path, &walk);
}

int bcc_elf_foreach_sym_lazy(const char *path, bcc_elf_symcb_lazy callback, void *option, void *payload)
{
	struct walk walk = {.option = option, .lazy = callback, .payload = payload};

	return each_symbol(path, &walk);
}

static int abi_elf_copy_string(Elf *elf, size_t section, size_t at, char *out, size_t size)
{
	const char *text = elf_strptr(elf, section, at);

	if (!text || !size)
		return -1;
	snprintf(out, size, "%s", text);
	return 0;
}

int bcc_elf_symbol_str(
	const char *path, size_t section_idx, size_t str_table_idx, char *out, size_t len, int debugfile)
{
	static const struct bcc_symbol_option checked = {.check_debug_file_crc = 1};
	auto_file struct file file;
	struct bcc_debug_file debug;
	int ret;

	if (!abi_elf_open_file(path, &file))
		return -1;
	if (!debugfile)
		return abi_elf_copy_string(file.elf, section_idx, str_table_idx, out, len);
	if (!debug_file_of(&file, path, &checked, &debug))
		return -1;
	ret = abi_elf_copy_string(debug.elf, section_idx, str_table_idx, out, len);
	bcc_debug_file_close(&debug);
	return ret;
}

/* The sections of the vdso follow its program headers, and come last in it. */
static size_t size_of_image(const char *image)
{
	const Elf64_Ehdr *wide = (const Elf64_Ehdr *)image;
	const Elf32_Ehdr *narrow = (const Elf32_Ehdr *)image;

	if (image[EI_CLASS] == ELFCLASS64)
		return wide->e_shoff + (size_t)wide->e_shnum * wide->e_shentsize;
	return narrow->e_shoff + (size_t)narrow->e_shnum * narrow->e_shentsize;
}

int bcc_elf_foreach_vdso_sym(bcc_elf_symcb callback, void *payload)
{
	static const struct bcc_symbol_option functions = {.use_symbol_type = UINT32_MAX};
	struct walk walk = {.option = &functions, .fn = callback, .payload = payload};
	char *image = (char *)getauxval(AT_SYSINFO_EHDR);
	Elf *elf;

	if (!image)
		return -1;
	elf_version(EV_CURRENT);
	elf = elf_memory(image, size_of_image(image));
	if (!elf)
		return -1;
	each_of_elf(&walk, elf);
	elf_end(elf);
	return 0;
}

/* ---- segments and sections ---- */

int bcc_elf_foreach_load_section(const char *path, bcc_elf_load_sectioncb callback, void *payload)
{
	auto_file struct file file;
	size_t count;

	if (!abi_elf_open_file(path, &file) || elf_getphdrnum(file.elf, &count))
		return -1;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(file.elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
			!(segment.p_flags & PF_X))
			continue;
		if (callback(segment.p_vaddr, segment.p_memsz, segment.p_offset, payload) < 0)
			return 1;
	}
	return 0;
}

int bcc_elf_get_text_scn_info(const char *path, uint64_t *addr, uint64_t *offset)
{
	auto_file struct file file;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (!abi_elf_open_file(path, &file) || elf_getshdrstrndx(file.elf, &names) ||
		!bcc_elf_strings_end(file.elf, names))
		return -1;
	while ((section = elf_nextscn(file.elf, section))) {
		const char *name =
			gelf_getshdr(section, &header) ? elf_strptr(file.elf, names, header.sh_name) : NULL;

		if (!name || strcmp(name, ".text"))
			continue;
		*addr = header.sh_addr;
		*offset = header.sh_offset;
		return 0;
	}
	return -1;
}

int bcc_elf_get_type(const char *path)
{
	auto_file struct file file;
	GElf_Ehdr header;

	return abi_elf_open_file(path, &file) && gelf_getehdr(file.elf, &header) ? header.e_type : -1;
}

int bcc_elf_is_shared_obj(const char *path)
{
	return bcc_elf_get_type(path) == ET_DYN;
}

/* Position-independent executables are shared objects too, by type. */
int bcc_elf_is_exe(const char *path)
{
	return bcc_elf_get_type(path) != -1 && !access(path, X_OK);
}

int bcc_elf_is_vdso(const char *name)
{
	return name && !strcmp(name, VDSO_NAME);
}

/* In hex, with room for the usual 20 bytes. */
int bcc_elf_get_buildid(const char *path, char *buildid)
{
	auto_file struct file file;
	uint8_t bytes[BUILD_ID_SIZE];
	size_t size;

	if (!abi_elf_open_file(path, &file))
		return -1;
	size = bcc_elf_build_id(file.elf, bytes, sizeof(bytes));
	for (size_t i = 0; i < size; i++)
		sprintf(buildid + 2 * i, "%02x", bytes[i]);
	return size ? 0 : -1;
}

/* ---- static probes ---- */

int bcc_elf_foreach_usdt(const char *path, bcc_elf_probecb callback, void *payload)
{
	struct bcc_usdt_notes notes;
	auto_file struct file file;
	int ret;

	if (!abi_elf_open_file(path, &file))
		return -1;
	ret = bcc_usdt_notes_read(NULL, file.fd, path, &notes);
	for (size_t i = 0; !ret && i < notes.count; i++) {
		const struct bcc_usdt_note *note = &notes.list[i];
		struct bcc_elf_usdt probe = {
			.pc = note->address,
			.semaphore = note->semaphore,
			.semaphore_offset = note->semaphore_offset,
			.provider = note->provider,
			.name = note->name,
			.arg_fmt = note->arguments,
		};

		callback(path, &probe, payload);
	}
	bcc_usdt_notes_free(&notes);
	return ret ? -1 : 0;
}
