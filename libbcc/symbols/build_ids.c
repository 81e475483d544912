/* SPDX-License-Identifier: Apache-2.0 */
/* A symbol table for files known by their build IDs. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/elf/debug_file.h"
#include "libbcc/symbols/elf/elf_table.h"
#include "resolver.h"

struct file {
	uint8_t build_id[BCC_BUILD_ID_SIZE];
	char *path;
	const struct bcc_elf_table *table; /* NULL: no file with that build ID was found */
};

struct build_ids {
	struct bcc_symbols common;
	void *files; /* a tree (tsearch(3)): the number of files depends on what runs on the machine */
};

static unsigned flags_of(const struct bcc_symbols *s)
{
	return (s->opts.no_debug_files ? BCC_ELF_NO_DEBUG_FILES : 0) | (s->opts.no_crc ? BCC_ELF_NO_CRC : 0) |
	       (s->opts.data ? BCC_ELF_DATA : 0);
}

/* struct file begins with its build ID. */
static int compare_build_ids(const void *a, const void *b)
{
	return memcmp(a, b, BCC_BUILD_ID_SIZE);
}

static struct file *file_of(struct build_ids *ids, const uint8_t *build_id)
{
	struct file **found = tfind(build_id, &ids->files, compare_build_ids);

	return found ? *found : NULL;
}

static struct file *new_file(struct build_ids *ids, const uint8_t *build_id)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file)
		return NULL;
	memcpy(file->build_id, build_id, BCC_BUILD_ID_SIZE);
	if (tsearch(file, &ids->files, compare_build_ids))
		return file;
	free(file);
	return NULL;
}

/* Takes ownership of the table. A file that was recorded as missing gets it. Returns NULL when out of
 * memory. */
static struct file *build_ids_add(
	struct build_ids *ids, const uint8_t *build_id, const char *path, const struct bcc_elf_table *table)
{
	struct file *file = file_of(ids, build_id);
	char *own = path ? strdup(path) : NULL;

	if (path && !own)
		file = NULL;
	else if (!file)
		file = new_file(ids, build_id);
	if (!file || file->table || !table) {
		bcc_elf_table_put(table);
		free(own);
		return file;
	}
	file->path = own;
	file->table = table;
	return file;
}

static int build_ids_add_file(struct bcc_symbols *s, const char *path)
{
	static const struct bcc_root own = {.fd = -1};
	bcc_auto_fd int fd = bcc_root_open_file(&own, path);
	const struct bcc_elf_table *table;
	int ret;

	if (fd < 0)
		return bcc_fail(&s->err, fd, "%s: %s", path, strerror(-fd));
	ret = bcc_elf_table_get(&s->err, fd, path, &own, flags_of(s), &table);
	if (ret)
		return ret;
	if (!table->build_id_size) {
		bcc_elf_table_put(table);
		return bcc_fail(&s->err, -ENODATA, "%s has no build ID", path);
	}
	if (!build_ids_add((struct build_ids *)s, table->build_id, path, table))
		return bcc_fail(&s->err, -ENOMEM, "out of memory for the symbols of %s", path);
	return 0;
}

/* Packages with debug files contain a link to the file itself, or only the debug file. */
static struct file *build_ids_look_for(struct build_ids *ids, const uint8_t *build_id)
{
	static const char *const suffixes[] = {"", ".debug"};
	static const struct bcc_root own = {.fd = -1};

	for (int i = 0; i < 2; i++) {
		const struct bcc_elf_table *table = NULL;
		char path[PATH_MAX];
		bcc_auto_fd int fd = -1;

		if (!bcc_debug_file_path(build_id, BCC_BUILD_ID_SIZE, suffixes[i], path, sizeof(path)))
			continue;
		fd = bcc_root_open_file(&own, path);
		if (fd < 0 || bcc_elf_table_get(NULL, fd, path, &own, flags_of(&ids->common), &table))
			continue;
		if (!memcmp(table->build_id, build_id, BCC_BUILD_ID_SIZE))
			return build_ids_add(ids, build_id, path, table);
		bcc_elf_table_put(table);
	}
	return build_ids_add(ids, build_id, NULL, NULL);
}

static int resolve_build_id(
	struct bcc_symbols *s, const uint8_t *build_id, uint64_t offset, struct bcc_symbol_info *info)
{
	struct build_ids *ids = (struct build_ids *)s;
	const struct file *file = file_of(ids, build_id);
	const struct bcc_elf_entry *entry;

	if (!file)
		file = build_ids_look_for(ids, build_id);
	if (!file || !file->table)
		return -ENOENT;
	info->module = file->path;
	info->offset = offset;
	if (!bcc_elf_table_address(file->table, offset, &info->offset))
		return -ENOENT;
	entry = bcc_elf_table_at(file->table, info->offset);
	if (!entry)
		return -ENOENT;
	info->raw_name = bcc_elf_entry_name(file->table, entry);
	info->address = entry->address;
	info->offset -= entry->address;
	info->symbol_size = bcc_elf_entry_size(entry);
	return 0;
}

static void free_file(void *entry)
{
	struct file *file = entry;

	free(file->path);
	bcc_elf_table_put(file->table);
	free(file);
}

static void free_build_ids(struct bcc_symbols *s)
{
	tdestroy(((struct build_ids *)s)->files, free_file);
}

static const struct bcc_symbols_ops build_id_ops = {
	.free = free_build_ids,
	.resolve_build_id = resolve_build_id,
	.add_file = build_ids_add_file,
};

int bcc_symbols_open_build_ids(const struct bcc_symbols_opts *opts, struct bcc_symbols **out)
{
	return bcc_symbols_new(&build_id_ops, sizeof(struct build_ids), opts, out);
}
