/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --sort: the order of rows that are printed together, by columns. "COUNT" begins with the least, "-COUNT"
 * with the greatest; further columns, separated by commas, decide among equals. Values that are not known
 * come last.
 */
#ifndef TOOLS_LIB_SORT_H
#define TOOLS_LIB_SORT_H

#include "column.h"

struct sort;

/* Returns NULL if the text is none, with the reason in `why`. */
struct sort *sort_new(const struct tool_column *columns, const char *text, char *why, size_t why_size);
/* By one column. */
struct sort *sort_by(const struct tool_column *column, bool greatest_first);
/* What decides first; NULL without an order. */
const struct tool_column *sort_first(const struct sort *s, bool *greatest_first);
void sort_free(struct sort *s);

/* As for qsort(); 0 also without an order (NULL). */
int sort_compare(struct sort *s, const struct tool_row *a, const struct tool_row *b);

#endif
