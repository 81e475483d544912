/* SPDX-License-Identifier: Apache-2.0 */
/* Columns made of the types of a text: of its events, of keys and values of its tables. */
#ifndef COMMAND_TYPED_H
#define COMMAND_TYPED_H

#include <bcc/bcc.h>

#include "column.h"

struct typed;

/* For types of this handle, which lives longer. */
struct typed *typed_new(struct bcc *b);
void typed_free(struct typed *t);

/* Adds a column for each of `count` fields, and for the members of those that are structs. The fields begin
 * `offset` bytes into the record. An array without a size at their end goes as far as the record does, or to
 * byte `end` if that is less. A field without a name, and one whose name is taken, is called `alone`, or with
 * that before it. */
void typed_add(struct typed *t, const struct bcc_field *fields, int count, size_t offset, size_t end,
	const char *alone);

/* Adds a column of one's own. Its name must not be taken. */
void typed_add_column(struct typed *t, const struct tool_column *column);

/* Whether a column has this name in JSON. */
bool typed_has(const struct typed *t, const char *json);

/* How many there are. */
size_t typed_count(const struct typed *t);

/* Ends the columns: what is wide is not padded in the last one. Nothing is added afterwards. */
const struct tool_column *typed_columns(struct typed *t);

#endif
