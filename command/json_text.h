/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lines whose members are nested, which the tools' writers do not make. */
#ifndef COMMAND_JSON_TEXT_H
#define COMMAND_JSON_TEXT_H

#include <stdbool.h>

#include "buffer.h"

/* Adds a string in quotes; bytes that are no UTF-8 become U+FFFD. NULL: null. */
void json_text(struct buffer *b, const char *text);
void json_bytes(struct buffer *b, const char *text, size_t size);

/* Adds ,"NAME": without the comma behind an opening bracket. */
void json_name(struct buffer *b, const char *name);

/* The same with a value. */
void json_member_text(struct buffer *b, const char *name, const char *text);
void json_member_unsigned(struct buffer *b, const char *name, uint64_t value);
void json_member_bool(struct buffer *b, const char *name, bool value);

/* Writes what is in the buffer to stdout, and empties it. Returns false if that failed. */
bool json_flush(struct buffer *b);

#endif
