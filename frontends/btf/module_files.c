/* SPDX-License-Identifier: Apache-2.0 */
/*
 * There may be four thousand modules, which are compressed: only a few are unpacked for a type. Nothing says
 * whether a file is of the running kernel or of another build of the same release, whose types have other
 * numbers; but in that its names are at other places.
 */
#include "module_files.h"

#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "common/array.h"
#include "common/btf_layout.h"
#include "common/cleanup.h"
#include "common/read_file.h"

enum { MOST_LIKELY = 4, MOST_PACKED = 64 << 20, MOST_UNPACKED = 256 << 20, LEAST_ALIKE = 3 };

/* ---- which modules ---- */

/* "kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz", a line of modules.dep */
struct candidate {
	const char *line;
	size_t alike; /* characters at the start of its name that are the tag's */
};

void bcc_module_files_free(struct bcc_module_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	*files = (struct bcc_module_files){.count = 0};
}

/* How much of the name of the file at `path` is the beginning of `tag`. Names of files have - for _, and
 * hardly ever capitals (Scsi_Host is in scsi_mod). */
static size_t module_files_alike(const char *path, size_t length, const char *tag)
{
	const char *slash = memrchr(path, '/', length), *name = slash ? slash + 1 : path;
	size_t alike = 0;

	while (name + alike < path + length && tag[alike] &&
		(name[alike] == '-' ? '_' : name[alike]) == tolower((unsigned char)tag[alike]))
		alike++;
	return alike;
}

static void module_files_rank(struct candidate best[MOST_LIKELY], struct candidate new)
{
	for (size_t i = 0; i < MOST_LIKELY; i++) {
		struct candidate old = best[i];

		/* of equals the shortest path: nfs.ko before nfs_layout_flexfiles.ko */
		if (old.line && (old.alike > new.alike || (old.alike == new.alike &&strcspn(old.line, ":") <=
										strcspn(new.line, ":"))))
			continue;
		best[i] = new;
		new = old;
		if (!new.line)
			return;
	}
}

static int module_files_add(
	struct bcc_module_files *files, const char *folder, const char *path, size_t length)
{
	char *full;

	if (!length || files->count == BCC_MODULE_FILES)
		return 0;
	if (asprintf(&full, "%s/%.*s", folder, (int)length, path) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		if (!strcmp(files->paths[i], full)) {
			free(full);
			return 0;
		}
	}
	files->paths[files->count++] = full;
	return 0;
}

/* The file of a line, and those that it needs. */
static int module_files_add_line(
	struct bcc_module_files *files, const char *folder, const char *line, bool needed)
{
	size_t own = strcspn(line, ":\n");
	const char *at = line + own;
	int ret = needed ? 0 : module_files_add(files, folder, line, own);

	for (at += *at == ':'; needed && !ret && *at && *at != '\n';) {
		size_t length;

		at += strspn(at, " ");
		length = strcspn(at, " \n");
		ret = module_files_add(files, folder, at, length);
		at += length;
	}
	return ret;
}

/* The module whose name is the `length` characters at `name`, which has _ for -; as a line of modules.dep. */
static const char *module_files_line_of(const char *text, const char *name, size_t length)
{
	for (const char *line = text; *line;) {
		size_t path = strcspn(line, ":\n");
		const char *slash = memrchr(line, '/', path), *file = slash ? slash + 1 : line;
		const char *end = strchr(line, '\n');
		size_t same = 0;

		while (same < length && file + same < line + path &&
			(file[same] == '-' ? '_' : file[same]) == name[same])
			same++;
		if (same == length && !strncmp(file + same, ".ko", 3))
			return line;
		line = end ? end + 1 : line + strlen(line);
	}
	return NULL;
}

/* A type is often in the module that exports functions which are named like it: hv_vmbus has vmbus_open() and
 * struct vmbus_channel. modules.symbols has lines "alias symbol:vmbus_open hv_vmbus". Returns a line of
 * modules.dep, whose text is `dependencies`; NULL: there is none. */
static const char *module_files_with_functions(const char *symbols, const char *dependencies, const char *tag)
{
	static const char start[] = "alias symbol:";
	const char *name = NULL;
	size_t best = LEAST_ALIKE - 1, length = 0;

	for (const char *line = symbols; *line;) {
		const char *end = strchrnul(line, '\n'), *symbol = line + strlen(start);
		const char *space = memrchr(line, ' ', end - line);

		if (!strncmp(line, start, strlen(start)) && space && space > symbol) {
			size_t alike = 0;

			while (symbol + alike < space && tag[alike] && symbol[alike] == tag[alike])
				alike++;
			if (alike > best) {
				best = alike;
				name = space + 1;
				length = end - name;
			}
		}
		line = *end ? end + 1 : end;
	}
	return name && length ? module_files_line_of(dependencies, name, length) : NULL;
}

int bcc_module_files_likely(const char *folder, const char *tag, struct bcc_module_files *files)
{
	struct candidate best[MOST_LIKELY + 1] = {0}; /* the last one: by its functions */
	bcc_auto_free char *text = NULL, *symbols = NULL;
	char path[PATH_MAX];
	size_t size;
	int ret;

	*files = (struct bcc_module_files){.count = 0};
	snprintf(path, sizeof(path), "%s/modules.dep", folder);
	ret = bcc_read_regular_file(path, MOST_PACKED, &text, &size);
	if (ret)
		return ret == -ENOMEM ? ret : -ENOENT;
	for (const char *line = text; *line;) {
		size_t alike = module_files_alike(line, strcspn(line, ":\n"), tag);
		const char *end = strchr(line, '\n');

		if (alike >= LEAST_ALIKE)
			module_files_rank(best, (struct candidate){line, alike});
		line = end ? end + 1 : line + strlen(line);
	}
	snprintf(path, sizeof(path), "%s/modules.symbols", folder);
	if (!bcc_read_regular_file(path, MOST_PACKED, &symbols, &size))
		best[MOST_LIKELY].line = module_files_with_functions(symbols, text, tag);
	for (size_t i = 0; !ret && i < 2 * ARRAY_SIZE(best); i++)
		if (best[i % ARRAY_SIZE(best)].line)
			ret = module_files_add_line(
				files, folder, best[i % ARRAY_SIZE(best)].line, i >= ARRAY_SIZE(best));
	if (ret)
		bcc_module_files_free(files);
	return ret;
}

/* ---- their files ---- */

static int module_files_grow(char **data, size_t *room)
{
	size_t larger = *room ? *room * 2 : 1 << 20;
	char *more = larger <= MOST_UNPACKED ? realloc(*data, larger) : NULL;

	if (!more)
		return -ENOMEM;
	*data = more;
	*room = larger;
	return 0;
}

static int module_files_unpack_xz(const char *packed, size_t size, char **data, size_t *unpacked)
{
	lzma_stream xz = LZMA_STREAM_INIT;
	lzma_ret code = lzma_stream_decoder(&xz, MOST_UNPACKED, 0);
	size_t room = 0;

	xz.next_in = (const uint8_t *)packed;
	xz.avail_in = size;
	while (code == LZMA_OK && !module_files_grow(data, &room)) {
		xz.next_out = (uint8_t *)*data + xz.total_out;
		xz.avail_out = room - xz.total_out;
		while (xz.avail_out && code == LZMA_OK)
			code = lzma_code(&xz, LZMA_FINISH);
	}
	*unpacked = xz.total_out;
	lzma_end(&xz);
	return code == LZMA_STREAM_END ? 0 : -ENOENT;
}

static int module_files_unpack_zstd(const char *packed, size_t size, char **data, size_t *unpacked)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = {packed, size, 0};
	ZSTD_outBuffer out = {NULL, 0, 0};
	size_t left = 1;

	while (stream && left && !ZSTD_isError(left) && !module_files_grow(data, &out.size)) {
		out.dst = *data;
		do
			left = ZSTD_decompressStream(stream, &out, &in);
		while (left && !ZSTD_isError(left) && in.pos < in.size && out.pos < out.size);
		if (in.pos == in.size && out.pos < out.size)
			break;
	}
	ZSTD_freeDStream(stream);
	*unpacked = out.pos;
	return left ? -ENOENT : 0;
}

static int module_files_read(const char *path, char **data, size_t *size)
{
	static const char xz[] = {'\xfd', '7', 'z', 'X', 'Z', '\0'},
			  zstd[] = {'\x28', '\xb5', '\x2f', '\xfd'};
	bcc_auto_free char *packed = NULL;
	size_t packed_size;
	int ret = bcc_read_regular_file(path, MOST_PACKED, &packed, &packed_size);

	if (ret)
		return ret;
	if (packed_size >= sizeof(xz) && !memcmp(packed, xz, sizeof(xz)))
		return module_files_unpack_xz(packed, packed_size, data, size);
	if (packed_size >= sizeof(zstd) && !memcmp(packed, zstd, sizeof(zstd)))
		return module_files_unpack_zstd(packed, packed_size, data, size);
	*data = packed;
	*size = packed_size;
	packed = NULL;
	return 0;
}

/* The contents of section .BTF; empty where there is .BTF.base too: the types continue those of that, which
 * are others than the kernel's. */
static Elf_Data module_files_section(Elf *elf)
{
	Elf_Data found = {0}, *data;
	GElf_Shdr header;
	size_t names;

	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names))
		return found;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		const char *name =
			gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;

		if (name && !strcmp(name, ".BTF.base"))
			return (Elf_Data){0};
		if (name && !strcmp(name, ".BTF") && (data = elf_rawdata(section, NULL)) && data->d_buf)
			found = *data;
	}
	return found;
}

/* ---- whether the types are of this kernel ---- */

struct check {
	const char *strings; /* the kernel's */
	uint32_t kernel_strings, all_strings, types;
	uint32_t names; /* that are the kernel's */
	bool broken;
};

static void module_files_check_type(void *ctx, uint32_t *id)
{
	struct check *c = ctx;

	c->broken |= *id >= c->types;
}

static void module_files_check_string(void *ctx, uint32_t *offset)
{
	struct check *c = ctx;

	if (*offset >= c->all_strings)
		c->broken = true;
	else if (*offset && *offset < c->kernel_strings) {
		c->names++;
		c->broken |= c->strings[*offset - 1] != '\0';
	}
}

/* A name of the kernel's begins where a module of that kernel says: in another kernel, hardly any does. */
static bool module_files_fits(const struct btf *kernel, const struct bcc_module_file *file)
{
	uint32_t size;
	const struct btf_header *k = btf__raw_data(kernel, &size);
	struct check check = {.types = btf__type_cnt(file->all)};
	const struct bcc_btf_visitor visitor = {module_files_check_type, module_files_check_string, &check};

	if (!k)
		return false;
	check.strings = (const char *)k + k->hdr_len + k->str_off;
	check.kernel_strings = k->str_len;
	check.all_strings = k->str_len + file->own.string_size;
	for (uint32_t id = btf__type_cnt(kernel); id < check.types; id++)
		bcc_btf_visit((struct btf_type *)btf__type_by_id(file->all, id), &visitor);
	return !check.broken && check.names;
}

/* The module's own types and names in the contents of .BTF. */
static bool module_files_own(const Elf_Data *section, struct bcc_btf_more *own)
{
	struct btf_header header; /* where it is in the file, it may not be aligned */
	const char *content;
	uint64_t room;

	if (section->d_size < sizeof(header))
		return false;
	memcpy(&header, section->d_buf, sizeof(header));
	if (header.magic != BTF_MAGIC || header.hdr_len < sizeof(header) || header.hdr_len > section->d_size)
		return false;
	room = section->d_size - header.hdr_len;
	if ((uint64_t)header.type_off + header.type_len > room ||
		(uint64_t)header.str_off + header.str_len > room || !header.str_len)
		return false;
	content = (const char *)section->d_buf + header.hdr_len;
	*own = (struct bcc_btf_more){
		content + header.type_off, content + header.str_off, header.type_len, header.str_len};
	return !content[header.str_off + header.str_len - 1];
}

int bcc_module_file_open(struct bcc_module_file *file, const char *path, const struct btf *kernel)
{
	size_t size = 0;
	Elf_Data section = {0};
	Elf *elf = NULL;
	int ret;

	*file = (struct bcc_module_file){0};
	ret = module_files_read(path, &file->data, &size);
	if (!ret && elf_version(EV_CURRENT) != EV_NONE)
		elf = elf_memory(file->data, size);
	if (elf)
		section = module_files_section(elf);
	if (section.d_buf && module_files_own(&section, &file->own))
		ret = bcc_btf_append(kernel, &file->own, &file->all);
	elf_end(elf);
	if (file->all && module_files_fits(kernel, file))
		return 0;
	return ret == -ENOMEM ? ret : -ENOENT;
}

void bcc_module_file_close(struct bcc_module_file *file)
{
	btf__free(file->all);
	free(file->data);
	*file = (struct bcc_module_file){0};
}
