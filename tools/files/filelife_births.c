/* SPDX-License-Identifier: Apache-2.0 */
#include "filelife_births.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { BIRTHS_MOST = 65536 };

struct birth {
	UT_hash_handle hh;
	uint64_t time;
	char path[];
};

static struct birth *births;

void births_normal_path(struct buffer *b, const char *path)
{
	size_t start = b->size;

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && path[0] == '.' && path[1] == '.') {
			for (bool slash = false; b->size > start && !slash; slash = b->data[b->size] == '/')
				b->size--;
		} else if (length && !(length == 1 && path[0] == '.')) {
			buffer_char(b, '/');
			buffer_add(b, path, length);
		}
		path += length;
		path += strspn(path, "/");
	}
}

static void births_remove(struct birth *birth)
{
	HASH_DEL(births, birth);
	free(birth);
}

bool births_add(const char *path, uint64_t time)
{
	size_t length = strlen(path);
	struct birth *birth;
	bool full;

	births_take(path);
	full = HASH_COUNT(births) >= BIRTHS_MOST;
	if (full)
		births_remove(births); /* in the order in which they were added */
	birth = buffer_grow(NULL, sizeof(*birth) + length + 1);
	memset(birth, 0, sizeof(*birth));
	birth->time = time;
	memcpy(birth->path, path, length + 1);
	HASH_ADD_KEYPTR(hh, births, birth->path, length, birth);
	return full;
}

uint64_t births_take(const char *path)
{
	struct birth *birth;
	uint64_t time;

	HASH_FIND(hh, births, path, strlen(path), birth);
	if (!birth)
		return 0;
	time = birth->time;
	births_remove(birth);
	return time;
}

void births_free(void)
{
	while (births)
		births_remove(births);
}
