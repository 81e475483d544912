/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a table as rows: the key, followed by the value, which may be what was added to it. */
#ifndef TOOLS_LIB_ENTRIES_H
#define TOOLS_LIB_ENTRIES_H

#include "counters.h"
#include "sort.h"
#include "tool.h"

struct entries {
	struct tool_row *rows;
	size_t count;
	/* what the table holds, if so many were counted that it may have dropped others; else 0 */
	uint32_t most;
	/* owned */
	char *data;
	size_t bytes; /* of a row */
	size_t room;
	struct counters counters;
};

/* Reads the view's table, in this order or among equals in the view's. `e` is all zero at first, and kept
 * from one output to the next. Returns 0, or a negative errno; bcc_error() has the reason. */
int entries_read(struct entries *e, struct bcc *b, const struct tool_view *view, struct sort *sort);

/* The same entries in another order. */
void entries_sort(struct entries *e, const struct tool_view *view, struct sort *sort);

void entries_free(struct entries *e);

#endif
