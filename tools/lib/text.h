/* SPDX-License-Identifier: Apache-2.0 */
/* Text that any user may have made up: names of processes, paths, arguments. */
#ifndef TOOLS_LIB_TEXT_H
#define TOOLS_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* Adds it for a terminal: what could move the cursor, break the line, or change the order in which the rest
 * is displayed becomes \n, \t or \xHH, and so do bytes that are no UTF-8. */
void text_add_printable(struct buffer *b, const char *text, size_t size);

/* Adds it as UTF-8, with U+FFFD for each byte that is none. Returns whether there was one. */
bool text_add_utf8(struct buffer *b, const char *text, size_t size);

#endif
