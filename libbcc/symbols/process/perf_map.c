/* SPDX-License-Identifier: Apache-2.0 */
#include "perf_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/sorted_search.h"

#define BUFFER_SIZE 65536    /* longer lines are truncated */
#define MAX_SIZE (1LL << 30) /* how much of the file is read: a sparse one can be larger than any disk */

static bool keep_name(struct bcc_perf_map *map, const char *name, size_t length, uint32_t *at)
{
	if (length >= map->names_size - map->names_used) {
		size_t size = 2 * map->names_size + length + 4096;
		char *names = size < UINT32_MAX ? realloc(map->names, size) : NULL;

		if (!names)
			return false;
		map->names = names;
		map->names_size = size;
	}
	*at = map->names_used;
	memcpy(map->names + *at, name, length);
	map->names[*at + length] = '\0';
	map->names_used += length + 1;
	return true;
}

static bool perf_map_hex(const char **at, const char *end, uint64_t *value)
{
	const char *start = *at;

	if (end - *at > 2 && (*at)[0] == '0' && (*at)[1] == 'x')
		start = *at += 2;
	for (*value = 0; *at < end; (*at)++) {
		char c = **at | 0x20;
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (digit < 0)
			break;
		*value = *value << 4 | digit;
	}
	return *at > start;
}

/* One space, followed by something. */
static bool perf_map_space(const char **at, const char *end)
{
	if (end - *at < 2 || **at != ' ')
		return false;
	++*at;
	return true;
}

/* Returns false when out of memory. Malformed lines are skipped. */
static bool perf_map_add_line(struct bcc_perf_map *map, const char *line, const char *end)
{
	struct bcc_perf_map_entry entry = {.line = map->lines++};
	uint64_t size;

	if (!perf_map_hex(&line, end, &entry.start) || !perf_map_space(&line, end) ||
		!perf_map_hex(&line, end, &size) || !perf_map_space(&line, end))
		return true;
	if (!size || size > UINT64_MAX - entry.start)
		return true;
	if (map->count == map->room) {
		size_t room = 2 * map->room + 256;
		struct bcc_perf_map_entry *entries = reallocarray(map->entries, room, sizeof(*entries));

		if (!entries)
			return false;
		map->entries = entries;
		map->room = room;
	}
	entry.end = entry.start + size;
	if (!keep_name(map, line, end - line, &entry.name))
		return false;
	map->entries[map->count++] = entry;
	return true;
}

static int perf_map_compare(const void *a, const void *b)
{
	const struct bcc_perf_map_entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Code moves and its memory is reused: the last line for an address wins. */
static void perf_map_arrange(struct bcc_perf_map *map)
{
	size_t kept = 0;

	if (map->count)
		qsort(map->entries, map->count, sizeof(*map->entries), perf_map_compare);
	for (size_t i = 0; i < map->count; i++) {
		struct bcc_perf_map_entry entry = map->entries[i];
		bool covered = false;

		while (kept && map->entries[kept - 1].end > entry.start) {
			struct bcc_perf_map_entry *before = &map->entries[kept - 1];

			if (before->line > entry.line) {
				covered = before->end >= entry.end;
				entry.start = before->end;
				break;
			}
			before->end = entry.start;
			if (before->start < before->end)
				break;
			kept--;
		}
		if (!covered)
			map->entries[kept++] = entry;
	}
	map->count = kept;
}

static size_t add_lines(struct bcc_perf_map *map, char *buffer, size_t used)
{
	char *line = buffer, *end;

	while ((end = memchr(line, '\n', buffer + used - line))) {
		if (!perf_map_add_line(map, line, end))
			break;
		line = end + 1;
	}
	return line - buffer;
}

/* Reads the bytes before the position, zero-padded in front if there are fewer. */
static void read_last(const struct bcc_perf_map *map, int fd, char last[sizeof(map->last)])
{
	off_t size = map->position < (off_t)sizeof(map->last) ? map->position : (off_t)sizeof(map->last);

	memset(last, 0, sizeof(map->last));
	if (size && pread(fd, last + sizeof(map->last) - size, size, map->position - size) != size)
		memset(last, 0, sizeof(map->last));
}

/* An unterminated last line is still being written. */
bool bcc_perf_map_read(struct bcc_perf_map *map, int fd)
{
	bcc_auto_free char *buffer = malloc(BUFFER_SIZE);
	uint32_t lines = map->lines;
	ssize_t n;

	while (buffer && map->position < MAX_SIZE &&
		(n = pread(fd, buffer, BUFFER_SIZE, map->position)) > 0) {
		size_t done = add_lines(map, buffer, n);

		if (!done && n < BUFFER_SIZE)
			break;
		map->position += done ? done : BUFFER_SIZE;
	}
	if (map->lines == lines)
		return false;
	read_last(map, fd, map->last);
	perf_map_arrange(map);
	return true;
}

/* Some run times append to their file, others (Java) rewrite it each time. */
static bool is_continued(const struct bcc_perf_map *map, int fd, const struct stat *st)
{
	char last[sizeof(map->last)];

	if (map->inode != st->st_ino || map->device != st->st_dev || st->st_size < map->position)
		return false;
	read_last(map, fd, last);
	return !memcmp(last, map->last, sizeof(last));
}

bool bcc_perf_map_update(struct bcc_perf_map *map, const struct bcc_root *root, const char *path, uid_t owner)
{
	bcc_auto_fd int fd = bcc_root_open_file(root, path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || (st.st_uid && st.st_uid != owner))
		return false;
	if (!is_continued(map, fd, &st))
		bcc_perf_map_free(map);
	map->inode = st.st_ino;
	map->device = st.st_dev;
	return st.st_size > map->position && bcc_perf_map_read(map, fd);
}

const struct bcc_perf_map_entry *bcc_perf_map_at(const struct bcc_perf_map *map, uint64_t address)
{
	size_t after = bcc_partition_point(i, map->count, map->entries[i].start <= address);

	return after && address < map->entries[after - 1].end ? &map->entries[after - 1] : NULL;
}

void bcc_perf_map_free(struct bcc_perf_map *map)
{
	free(map->entries);
	free(map->names);
	*map = (struct bcc_perf_map){0};
}
