/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a table at an interval's end: printed below what was printed before, or on a screen. */
#ifndef TOOLS_LIB_ROWS_H
#define TOOLS_LIB_ROWS_H

#include "expression.h"
#include "tool.h"
#include "writer.h"

/* Says what to print; ends the program with status 2 if there is no such order. `filter`: NULL: all. */
void rows_choose(const struct tool_view *view, struct writer *w, const struct expression *filter);

/* Takes the terminal, if the view is a screen and stdout is a terminal that can be one. Returns whether it
 * is: then there are keys, and the terminal's size may change. */
bool rows_open_screen(void);
void rows_close_screen(void);

/* The headings, if there is just one at the beginning. */
void rows_begin(void);

/* Reads the entries. Returns 0, or a negative errno; bcc_error() has the reason. */
int rows_read(struct bcc *b, uint64_t time);

/* Writes them to the writer, or shows them. */
void rows_show(void);

/* Does what keys say; returns whether it is to end, and in `more` whether there may be further ones. */
bool rows_read_keys(bool *more);

/* The terminal has another size. */
void rows_resize(void);

void rows_free(void);

#endif
