/* SPDX-License-Identifier: Apache-2.0 */
/* What a text or an object has, as JSON. */
#ifndef COMMAND_OBJECT_META_H
#define COMMAND_OBJECT_META_H

#include "buffer.h"
#include "program_text.h"

/* Adds a JSON object with its programs, tables, variables and events; `path` is its file. */
void object_meta_add(struct buffer *out, const struct program_text *p, const char *path);

/* The object with a section .bcc.meta that has the text, and that nothing loads. malloc'ed; NULL with the
 * reason in `why`. */
void *object_meta_put(
	const void *object, size_t size, const char *text, size_t length, size_t *new_size, const char **why);

#endif
