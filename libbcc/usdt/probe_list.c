/* SPDX-License-Identifier: Apache-2.0 */
#include "probe_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "libbcc/symbols/process/process_maps.h"
#include "libbcc/symbols/process/process_root.h"

static bool usdt_probe_list_is_known(const struct bcc_usdt_list *list, int fd)
{
	struct stat other, known;

	if (fstat(fd, &other))
		return false;
	for (size_t i = 0; i < list->file_count; i++)
		if (!fstat(list->files[i].binary.fd, &known) && known.st_dev == other.st_dev &&
			known.st_ino == other.st_ino)
			return true;
	return false;
}

/* Takes ownership of the open file. Nothing is kept of files without probes. */
static int usdt_probe_list_add_file(struct bcc_usdt_list *list, struct bcc_binary *binary, const char *name)
{
	struct bcc_usdt_file file = {.binary = *binary}, *more;
	int ret = bcc_usdt_notes_read(&list->err, binary->fd, name, &file.notes);

	if (ret || !file.notes.count || usdt_probe_list_is_known(list, binary->fd)) {
		bcc_usdt_notes_free(&file.notes);
		bcc_binary_close(binary);
		return ret;
	}
	more = realloc(list->files, (list->file_count + 1) * sizeof(*more));
	if (more)
		list->files = more;
	file.name = strdup(name);
	if (!more || !file.name) {
		free(file.name);
		bcc_usdt_notes_free(&file.notes);
		bcc_binary_close(binary);
		return bcc_fail(&list->err, -ENOMEM, "out of memory for the static probes of %s", name);
	}
	list->files[list->file_count++] = file;
	return 0;
}

struct mapped {
	struct bcc_usdt_list *list;
	int pid;
	char *last; /* path of the previous mapping */
};

/* A file of another mount namespace is reached through the process's own root directory. */
static int usdt_probe_list_open_mapped(
	const struct mapped *m, const struct bcc_process_mapping *mapping, struct bcc_binary *out)
{
	char below[BCC_MAP_FILE_SIZE], path[BCC_MAP_FILE_SIZE + 32];

	if (!mapping->deleted)
		return bcc_binary_open(NULL, mapping->path, m->pid, out);
	bcc_process_map_file(below, mapping->start, mapping->end);
	snprintf(path, sizeof(path), "/proc/%d/%s", m->pid, below);
	return bcc_binary_open(NULL, path, 0, out);
}

/* What cannot be opened or is not an ELF file is skipped: a process can map anything. */
static int usdt_probe_list_add_mapping(void *ctx, const struct bcc_process_mapping *mapping)
{
	struct mapped *m = ctx;
	struct bcc_binary binary;

	if (*mapping->path != '/' || mapping->permissions[2] != 'x' ||
		(m->last && !strcmp(m->last, mapping->path)))
		return 0;
	free(m->last);
	m->last = strdup(mapping->path);
	if (usdt_probe_list_open_mapped(m, mapping, &binary))
		return 0;
	return usdt_probe_list_add_file(m->list, &binary, mapping->path) == -ENOMEM ? -ENOMEM : 0;
}

static int add_process(struct bcc_usdt_list *list, int pid)
{
	struct mapped mapped = {.list = list, .pid = pid};
	bcc_auto_file FILE *maps = NULL;
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps || bcc_process_is_zombie(pid))
		return bcc_fail_process(&list->err, pid, maps ? -ESRCH : -errno);
	ret = bcc_process_maps_each(maps, usdt_probe_list_add_mapping, &mapped);
	free(mapped.last);
	if (!ret)
		bcc_err_clear(&list->err); /* from files that were skipped */
	else if (ret != -ENOMEM)
		bcc_fail(&list->err, ret, "%s cannot be read: %s", path, strerror(-ret));
	return ret;
}

/* ---- from notes to locations ---- */

static void set_info(struct bcc_usdt_info *info, const struct bcc_usdt_file *file, size_t index)
{
	const struct bcc_usdt_note *note = &file->notes.list[index];
	struct bcc_usdt_operand operand;
	const char *text = note->arguments;

	*info = (struct bcc_usdt_info){.provider = note->provider,
		.name = note->name,
		.binary = file->name,
		.arguments = note->arguments,
		.address = note->address,
		.offset = note->offset,
		.semaphore = note->semaphore,
		.semaphore_offset = note->semaphore_offset};
	while (info->argument_count < BCC_USDT_MAX_ARGUMENTS &&
		bcc_usdt_operand_next(file->notes.arch, &text, &operand)) {
		if (operand.form == BCC_USDT_UNKNOWN)
			info->unknown_arguments |= 1U << info->argument_count;
		info->argument_count++;
	}
}

static int usdt_probe_list_by_name(const void *a, const void *b)
{
	const struct bcc_usdt_note *left = a, *right = b;
	int ret = strcmp(left->provider, right->provider);

	if (!ret)
		ret = strcmp(left->name, right->name);
	if (!ret)
		ret = (left->address > right->address) - (left->address < right->address);
	return ret;
}

static int set_infos(struct bcc_usdt_list *list)
{
	size_t total = 0;

	for (size_t i = 0; i < list->file_count; i++)
		total += list->files[i].notes.count;
	list->infos = calloc(total + 1, sizeof(*list->infos));
	list->file_of = calloc(total + 1, sizeof(*list->file_of));
	if (!list->infos || !list->file_of)
		return bcc_fail(&list->err, -ENOMEM, "out of memory for %zu static probes", total);
	for (size_t i = 0; i < list->file_count; i++) {
		struct bcc_usdt_notes *notes = &list->files[i].notes;

		qsort(notes->list, notes->count, sizeof(*notes->list), usdt_probe_list_by_name);
		for (size_t j = 0; j < notes->count; j++) {
			list->file_of[list->count] = i;
			set_info(&list->infos[list->count++], &list->files[i], j);
		}
	}
	return 0;
}

int bcc_usdt_list_open(const char *binary, int pid, struct bcc_usdt_list **out)
{
	struct bcc_usdt_list *list;
	struct bcc_binary file;
	int ret;

	if (!out)
		return -EINVAL;
	*out = list = calloc(1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	if (pid < 0 || (!pid && !(binary && *binary)))
		return bcc_fail(&list->err, -EINVAL,
			"static probes: give the path or name of a program or library, or a process");
	if (binary && *binary) {
		ret = bcc_binary_open(&list->err, binary, pid, &file);
		if (!ret)
			ret = usdt_probe_list_add_file(list, &file, strchr(binary, '/') ? binary : file.path);
	} else {
		ret = add_process(list, pid);
	}
	return ret ? ret : set_infos(list);
}

void bcc_usdt_list_close(struct bcc_usdt_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->file_count; i++) {
		bcc_usdt_notes_free(&list->files[i].notes);
		bcc_binary_close(&list->files[i].binary);
		free(list->files[i].name);
	}
	free(list->files);
	free(list->infos);
	free(list->file_of);
	bcc_err_clear(&list->err);
	free(list);
}

const char *bcc_usdt_list_error(const struct bcc_usdt_list *list)
{
	if (!list || (list->err.code && !list->err.text))
		return "out of memory";
	return list->err.text ? list->err.text : "";
}

size_t bcc_usdt_list_count(const struct bcc_usdt_list *list)
{
	return list ? list->count : 0;
}

const struct bcc_usdt_info *bcc_usdt_list_at(const struct bcc_usdt_list *list, size_t index)
{
	return list && index < list->count ? &list->infos[index] : NULL;
}
