/* SPDX-License-Identifier: Apache-2.0 */
#include "object_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "buffer.h"
#include "verb.h"

static int object_folder_takes(const struct dirent *entry)
{
	static const char *const ends[] = {".o", ".c", ".json"};
	size_t length = strlen(entry->d_name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && *entry->d_name != '.'; i++)
		if (length > strlen(ends[i]) && !strcmp(entry->d_name + length - strlen(ends[i]), ends[i]))
			return 1;
	return 0;
}

static int object_folder_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool object_folder_is_twice(struct dirent *const *entries, int index)
{
	const char *name = entries[index]->d_name;
	size_t length = strcspn(name, ".");

	for (int i = 0; i < index; i++)
		if (strcspn(entries[i]->d_name, ".") == length && !strncmp(entries[i]->d_name, name, length))
			return true;
	return false;
}

int object_folder_each(
	const char *folder, int (*fn)(const char *path, void *ctx), void *ctx, const char *command)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, object_folder_takes, object_folder_order), status = 0;

	if (count < 0)
		return verb_fail(command, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		bcc_auto_free char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
			buffer_no_memory();
		if (object_folder_is_twice(entries, i))
			status |= verb_fail(command,
				"%s: another file has the same name up to the first dot, and comes first",
				path);
		else
			status |= fn(path, ctx);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return status;
}
