/* SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../cleanup.h"

static bool is_known(const struct bcc_usdt_list *list, int fd)
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

/* Takes over the open file. Of files without probes nothing is kept. */
static int add_file(struct bcc_usdt_list *list, struct bcc_binary *binary, const char *name)
{
	struct bcc_usdt_file file = {.binary = *binary}, *more;
	int r = bcc_usdt_notes_read(&list->err, binary->fd, name, &file.notes);

	if (r || !file.notes.count || is_known(list, binary->fd)) {
		bcc_usdt_notes_free(&file.notes);
		bcc_binary_close(binary);
		return r;
	}
	more = realloc(list->files, (list->file_count + 1) * sizeof(*more));
	if (more)
		list->files = more;
	file.name = strdup(name);
	if (!more || !file.name) {
		free(file.name);
		bcc_usdt_notes_free(&file.notes);
		bcc_binary_close(binary);
		return bcc_fail(&list->err, -ENOMEM, "no memory for the static probes of %s", name);
	}
	list->files[list->file_count++] = file;
	return 0;
}

/* A file that was deleted or replaced is still behind map_files, and one of another mount namespace behind the process's
 * own root directory. */
static int open_mapped(int pid, const char *range, const char *file, bool deleted, struct bcc_binary *out)
{
	char path[128];

	if (!deleted)
		return bcc_binary_open(NULL, file, pid, out);
	snprintf(path, sizeof(path), "/proc/%d/map_files/%s", pid, range);
	return bcc_binary_open(NULL, path, 0, out);
}

/* Line "START-END PERMISSIONS OFFSET DEVICE INODE PATH". What cannot be opened or is no ELF file is passed over: a process
 * maps what it likes. */
static int add_mapping(struct bcc_usdt_list *list, int pid, char *line, char **last)
{
	static const char deleted_mark[] = " (deleted)";
	char *file = strchr(line, '/'), range[48], permissions[8];
	struct bcc_binary binary;
	bool deleted = false;
	size_t length;

	if (!file || sscanf(line, "%47s %7s", range, permissions) != 2 || permissions[2] != 'x')
		return 0;
	length = strlen(file);
	if (length > sizeof(deleted_mark) - 1 &&
		!strcmp(file + length - (sizeof(deleted_mark) - 1), deleted_mark)) {
		file[length - (sizeof(deleted_mark) - 1)] = '\0';
		deleted = true;
	}
	if (*last && !strcmp(*last, file))
		return 0;
	free(*last);
	*last = strdup(file);
	if (open_mapped(pid, range, file, deleted, &binary))
		return 0;
	return add_file(list, &binary, file) == -ENOMEM ? -ENOMEM : 0;
}

static int add_process(struct bcc_usdt_list *list, int pid)
{
	bcc_auto_free char *line = NULL, *last = NULL;
	bcc_auto_file FILE *maps = NULL;
	char path[64];
	size_t size = 0;
	ssize_t length;
	int r = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps && errno == ENOENT)
		return bcc_fail(&list->err, -ESRCH, "no process %d", pid);
	if (!maps)
		return bcc_fail(&list->err, -errno, "%s cannot be opened: %s", path, strerror(errno));
	while (!r && (length = getline(&line, &size, maps)) > 0) {
		line[length - 1] = '\0';
		r = add_mapping(list, pid, line, &last);
	}
	if (!r)
		bcc_err_clear(&list->err); /* of files that were passed over */
	return r;
}

/* ---- from notes to places ---- */

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

static int by_name(const void *a, const void *b)
{
	const struct bcc_usdt_note *left = a, *right = b;
	int r = strcmp(left->provider, right->provider);

	if (!r)
		r = strcmp(left->name, right->name);
	if (!r)
		r = (left->address > right->address) - (left->address < right->address);
	return r;
}

static int set_infos(struct bcc_usdt_list *list)
{
	size_t total = 0;

	for (size_t i = 0; i < list->file_count; i++)
		total += list->files[i].notes.count;
	list->infos = calloc(total + 1, sizeof(*list->infos));
	list->file_of = calloc(total + 1, sizeof(*list->file_of));
	if (!list->infos || !list->file_of)
		return bcc_fail(&list->err, -ENOMEM, "no memory for %zu static probes", total);
	for (size_t i = 0; i < list->file_count; i++) {
		struct bcc_usdt_notes *notes = &list->files[i].notes;

		qsort(notes->list, notes->count, sizeof(*notes->list), by_name);
		for (size_t j = 0; j < notes->count; j++) {
			list->file_of[list->count] = i;
			set_info(&list->infos[list->count++], &list->files[i], j);
		}
	}
	return 0;
}

int bcc_usdt_list_open(const char *binary, int pid, struct bcc_usdt_list **out)
{
	struct bcc_usdt_list *list = calloc(1, sizeof(*list));
	struct bcc_binary file;
	int r;

	*out = list;
	if (!list)
		return -ENOMEM;
	if (pid < 0 || (!pid && !(binary && *binary)))
		return bcc_fail(&list->err, -EINVAL,
			"static probes of what: the path or name of a program or library, or a process?");
	if (binary && *binary) {
		r = bcc_binary_open(&list->err, binary, pid, &file);
		if (!r)
			r = add_file(list, &file, strchr(binary, '/') ? binary : file.path);
	} else {
		r = add_process(list, pid);
	}
	return r ? r : set_infos(list);
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
	return list->count;
}

const struct bcc_usdt_info *bcc_usdt_list_at(const struct bcc_usdt_list *list, size_t index)
{
	return index < list->count ? &list->infos[index] : NULL;
}
