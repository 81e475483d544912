/* SPDX-License-Identifier: Apache-2.0 */
/* Text of unknown origin (program texts, flags, names, paths) for a terminal or a log file. */
#ifndef COMMON_PRINTABLE_H
#define COMMON_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the well-formed UTF-8 character at `text`, and its code point; 0 if there is none. */
size_t bcc_utf8(const char *text, size_t size, unsigned *code_point);

/* The length of the printable text that `text` begins with. What could move the cursor, break the line or
 * change the order in which the rest is displayed is not printable, and neither is what is not UTF-8. */
size_t bcc_printable_length(const char *text, size_t size);

/* The bytes at `text`, up to the next one that may begin a printable character. */
size_t bcc_unprintable_length(const char *text, size_t size);

/* How a byte that is not printable is written: \n, \t or \xHH. */
struct bcc_escape {
	char text[5];
};
struct bcc_escape bcc_escape(char byte);

/* Takes an allocated text and returns it with such bytes escaped, except, if `keeps_lines`, for ends of lines
 * and tabs. NULL for NULL; without memory, they become '?'. */
char *bcc_printable(char *text, bool keeps_lines);

#endif
