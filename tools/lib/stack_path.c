/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stack_path.h"
#include "text.h"

void stack_path_add(struct stack_path *path, enum stack_path_kind kind, const char *name, size_t size)
{
	if (path->count == path->room) {
		path->room = path->room ? 2 * path->room : 64;
		path->frames = buffer_grow(path->frames, path->room * sizeof(*path->frames));
	}
	path->frames[path->count++] = (struct stack_path_frame){.offset = path->names.size, .kind = kind};
	text_add_printable(&path->names, name, size);
	buffer_char(&path->names, '\0');
}

void stack_path_fold(const struct stack_path *path, uint64_t weight, struct buffer *out)
{
	for (size_t i = 0; i < path->count; i++) {
		if (i)
			buffer_char(out, ';');
		/* any user can name a process or a function */
		for (const char *c = stack_path_name(path, i); *c; c++)
			buffer_char(out, *c == ';' ? ':' : *c);
	}
	buffer_char(out, ' ');
	buffer_unsigned(out, weight);
	buffer_char(out, '\n');
}

bool stack_path_unfold(struct stack_path *path, const char *line, uint64_t *weight)
{
	const char *number = strrchr(line, ' ');
	char *end;

	stack_path_clear(path);
	if (!number || number == line || number[1] < '0' || number[1] > '9')
		return false;
	errno = 0;
	*weight = strtoull(number + 1, &end, 10);
	if (*end || errno)
		return false;
	for (const char *name = line; name <= number && path->count < STACK_PATH_DEEPEST;) {
		size_t size = strcspn(name, ";");

		if (name + size > number)
			size = number - name;
		stack_path_add(path, path->count ? STACK_PATH_USER : STACK_PATH_OTHER, name, size);
		name += size + 1;
		if (name > number)
			return true;
	}
	return false;
}

void stack_path_clear(struct stack_path *path)
{
	path->names.size = 0;
	path->count = 0;
}

void stack_path_free(struct stack_path *path)
{
	buffer_free(&path->names);
	free(path->frames);
	memset(path, 0, sizeof(*path));
}
