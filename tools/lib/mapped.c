/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "mapped.h"

#define DELETED " (deleted)"

/* Files that have been found. */
struct mapped_files {
	struct mapped_file {
		unsigned long inode;
		unsigned major, minor;
	} *files;
	size_t count, room;
};

bool mapped_parse(const char *line, struct mapped_line *parsed)
{
	const char *name = strchr(line, ' ');
	int end = 0;
	size_t length;
	char perms[5];

	/* most lines are of data or of no file, and sscanf() takes long */
	if (!name || strnlen(name, 4) < 4 || name[3] != 'x' || !strchr(name, '/'))
		return false;
	if (sscanf(line, "%lx-%lx %4s %*x %x:%x %lu%n", &parsed->start, &parsed->end, perms, &parsed->major,
		    &parsed->minor, &parsed->inode, &end) != 6 ||
		!end || !strchr(perms, 'x') || !parsed->inode)
		return false;
	name = strrchr(line + end, '/');
	if (!name)
		return false;
	name++;
	length = strcspn(name, "\n");
	if (length > strlen(DELETED) && !strncmp(name + length - strlen(DELETED), DELETED, strlen(DELETED)))
		length -= strlen(DELETED);
	if (length >= sizeof(parsed->name))
		return false;
	memcpy(parsed->name, name, length);
	parsed->name[length] = '\0';
	return true;
}

/* Whether it has not been found before. */
static bool mapped_is_new(struct mapped_files *known, const struct mapped_line *line)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct mapped_file *f = &known->files[i];

		if (f->inode == line->inode && f->major == line->major && f->minor == line->minor)
			return false;
	}
	if (known->count == known->room) {
		known->room = known->room ? 2 * known->room : 16;
		known->files = buffer_grow(known->files, known->room * sizeof(*known->files));
	}
	known->files[known->count++] =
		(struct mapped_file){.inode = line->inode, .major = line->major, .minor = line->minor};
	return true;
}

int mapped_each(bool (*wanted)(const char *name),
	int (*found)(void *ctx, const char *path, const char *origin), void *ctx)
{
	struct mapped_files known = {0};
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t room = 0;
	char *line = NULL;
	int ret = 0;

	while (proc && !ret && (entry = readdir(proc))) {
		char path[320];
		FILE *f;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/maps", entry->d_name);
		f = fopen(path, "re");
		while (f && !ret && getline(&line, &room, f) > 0) {
			struct mapped_line m;
			char origin[640];

			if (!mapped_parse(line, &m) || !wanted(m.name) || !mapped_is_new(&known, &m))
				continue;
			snprintf(path, sizeof(path), "/proc/%s/map_files/%lx-%lx", entry->d_name, m.start,
				m.end);
			snprintf(origin, sizeof(origin), "%s of process %s", m.name, entry->d_name);
			ret = found(ctx, path, origin);
		}
		if (f)
			fclose(f);
	}
	if (proc)
		closedir(proc);
	free(line);
	free(known.files);
	return ret;
}
