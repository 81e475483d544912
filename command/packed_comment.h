/* SPDX-License-Identifier: Apache-2.0 */
/* Comments beside variables that a package keeps: object_meta.h writes them, with the rest of what it has. */
#ifndef COMMAND_PACKED_COMMENT_H
#define COMMAND_PACKED_COMMENT_H

#include <stddef.h>

#define PACKED_COMMENTS_SECTION ".bcc.meta"

/* The text of that section, malloc'ed; NULL: the object has none. */
char *packed_comments_get(const void *object, size_t size);

/* The comment that such a text has for a variable, malloc'ed; NULL: none. */
char *packed_comment(const char *text, const char *variable);

#endif
