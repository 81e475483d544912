/* SPDX-License-Identifier: Apache-2.0 */
/* Events whose rows are equal, as one row with their number: settings.count_same. */
#ifndef TOOLS_LIB_SAME_ROWS_H
#define TOOLS_LIB_SAME_ROWS_H

#include "writer.h"

/* Adds the number's column to the headings that have just been written, of CSV. */
void same_rows_head(struct writer *w);

/* Counts a row. */
void same_rows_add(struct writer *w, const struct tool_row *row);

/* Writes all rows, the most frequent first: "-->COUNT 12" below those of a table, as BCC's trace does.
 * Forgets them. */
void same_rows_write(struct writer *w);

#endif
