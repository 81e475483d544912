/* SPDX-License-Identifier: Apache-2.0 */
/* The names on the way to where a thread is, the outermost first: a line of the folded format, a way through
 * a flame graph. */
#ifndef TOOLS_LIB_STACK_PATH_H
#define TOOLS_LIB_STACK_PATH_H

#include <stdbool.h>

#include "buffer.h"

enum stack_path_kind {
	STACK_PATH_OTHER, /* a process, a delimiter, a stack that is missing */
	STACK_PATH_USER,
	STACK_PATH_KERNEL,
};

struct stack_path {
	struct buffer names; /* each with its NUL */
	struct stack_path_frame {
		size_t offset;
		enum stack_path_kind kind;
	} *frames;
	size_t count, room;
};

/* Adds a name of `size` bytes. */
void stack_path_add(struct stack_path *path, enum stack_path_kind kind, const char *name, size_t size);

static inline const char *stack_path_name(const struct stack_path *path, size_t index)
{
	return path->names.data + path->frames[index].offset;
}

/* Adds the path as a line: "name;name;name 12". */
void stack_path_fold(const struct stack_path *path, uint64_t weight, struct buffer *out);

/* The other way round: makes the path of a line without its end, and `weight` of its number. Returns whether
 * it is such a line, of STACK_PATH_DEEPEST names at most. */
enum { STACK_PATH_DEEPEST = 4096 };
bool stack_path_unfold(struct stack_path *path, const char *line, uint64_t *weight);

/* Begins a new one. */
void stack_path_clear(struct stack_path *path);
void stack_path_free(struct stack_path *path);

#endif
