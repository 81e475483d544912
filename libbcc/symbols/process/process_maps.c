/* SPDX-License-Identifier: Apache-2.0 */
#include "process_maps.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"

#define DELETED " (deleted)"

/* The kernel writes a newline in a path as \012, and escapes nothing else (seq_path() of
 * fs/proc/task_mmu.c). */
static void process_maps_unescape(char *path)
{
	char *to = path;

	for (; *path; path++) {
		*to = *path;
		if (!strncmp(path, "\\012", 4)) {
			*to = '\n';
			path += 3;
		}
		to++;
	}
	*to = '\0';
}

/* "START-END PERMISSIONS OFFSET MAJOR:MINOR INODE   PATH" */
static bool process_maps_parse(char *line, struct bcc_process_mapping *m)
{
	unsigned long long start, end, offset, inode;
	size_t length;
	char *path;
	int at = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu%n", &start, &end, m->permissions, &offset,
		    &m->device_major, &m->device_minor, &inode, &at) < 7 ||
		!at)
		return false;
	path = line + at + strspn(line + at, " ");
	path[strcspn(path, "\n")] = '\0';
	process_maps_unescape(path);
	length = strlen(path);
	if (length > strlen(DELETED) && !strcmp(path + length - strlen(DELETED), DELETED)) {
		path[length - strlen(DELETED)] = '\0';
		m->deleted = true;
	}
	m->start = start;
	m->end = end;
	m->offset = offset;
	m->inode = inode;
	m->path = path;
	return true;
}

void bcc_process_map_file(char *path, uint64_t start, uint64_t end)
{
	snprintf(path, BCC_MAP_FILE_SIZE, "map_files/%llx-%llx", (unsigned long long)start,
		(unsigned long long)end);
}

int bcc_process_maps_each(FILE *maps, bcc_process_mapping_fn fn, void *ctx)
{
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, maps) > 0) {
		struct bcc_process_mapping mapping = {0};
		int stop = process_maps_parse(line, &mapping) ? fn(ctx, &mapping) : 0;

		if (stop)
			return stop;
	}
	return ferror(maps) ? -errno : 0;
}
