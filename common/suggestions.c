/* SPDX-License-Identifier: Apache-2.0 */
#include "suggestions.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "cleanup.h"

void bcc_near_init(struct bcc_near_names *near, const char *wanted)
{
	*near = (struct bcc_near_names){.wanted = wanted, .length = strlen(wanted)};
}

/* Levenshtein distance, or something greater than `limit` if it is greater. Both must be shorter than
 * BCC_NEAR_LENGTH. */
static unsigned edit_distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned limit)
{
	unsigned row[BCC_NEAR_LENGTH];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned diagonal = row[0], least = row[0] = i;

		for (size_t j = 1; j <= b_length; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);
			unsigned gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < gap ? change : gap;
			if (row[j] < least)
				least = row[j];
		}
		if (least > limit)
			return limit + 1;
	}
	return row[b_length];
}

#define FAR UINT_MAX

/* Names that compilers and maintainers derive from another (NAME.isra.0, __NAME, NAME2) count as closer than
 * misspelled ones. */
static unsigned suggestions_distance(const struct bcc_near_names *near, const char *name, size_t length)
{
	unsigned limit = near->length / 4 + 1;
	unsigned difference = length > near->length ? length - near->length : near->length - length;
	bool derived = near->length >= 4 && length > near->length;
	unsigned edits;

	if (derived && !strncmp(name, near->wanted, near->length))
		return name[near->length] == '.' ? 0 : 1 + difference / 8;
	if (derived && strstr(name, near->wanted))
		return 1 + difference / 4;
	if (difference > limit)
		return FAR;
	edits = edit_distance(near->wanted, near->length, name, length, limit);
	return edits > limit ? FAR : 1 + edits;
}

void bcc_near_offer(struct bcc_near_names *near, const char *name)
{
	size_t length = strnlen(name, BCC_NEAR_LENGTH);
	unsigned d;
	int at;

	if (!length || length >= BCC_NEAR_LENGTH || !near->length || near->length >= BCC_NEAR_LENGTH)
		return;
	d = suggestions_distance(near, name, length);
	if (d == FAR)
		return;
	for (at = 0; at < near->count; at++)
		if (!strcmp(near->best[at].name, name))
			return;
	for (at = near->count; at > 0 && near->best[at - 1].distance > d; at--)
		if (at < BCC_NEAR_NAMES)
			near->best[at] = near->best[at - 1];
	if (at == BCC_NEAR_NAMES)
		return;
	memcpy(near->best[at].name, name, length + 1);
	near->best[at].distance = d;
	if (near->count < BCC_NEAR_NAMES)
		near->count++;
}

void bcc_near_offer_dirs(struct bcc_near_names *near, int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bcc_auto_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (fd >= 0 && !dir)
		close(fd);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && *entry->d_name != '.')
			bcc_near_offer(near, entry->d_name);
}

const char *bcc_near_text(const struct bcc_near_names *near, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < near->count && used < size; i++) {
		const char *before = i == near->count - 1 ? " or " : ", ";

		if (!i)
			before = "; did you mean ";
		used += snprintf(buf + used, size - used, "%s%s", before, near->best[i].name);
	}
	if (near->count && used < size)
		snprintf(buf + used, size - used, "?");
	return buf;
}
