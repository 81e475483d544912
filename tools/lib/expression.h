/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --filter: a condition on columns, after the kernel's filters.
 *
 *	condition  := term { "||" term }
 *	term       := factor { "&&" factor }
 *	factor     := "!" factor | "(" condition ")" | COLUMN operator VALUE
 *	operator   := "==" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
 *
 * A value is a word, or a text in quotes. Numbers may be decimal, 0x or 0 (octal); durations are in the
 * column's unit, or have one (10ms). "~" is a POSIX extended regular expression that matches anywhere in the
 * column's text. Of a value that is not known, only "!=" and "!~" are true.
 */
#ifndef TOOLS_LIB_EXPRESSION_H
#define TOOLS_LIB_EXPRESSION_H

#include "column.h"

struct expression;

/* Returns NULL if the text is none, with the reason in `why`. */
struct expression *expression_new(
	const struct tool_column *columns, const char *text, char *why, size_t why_size);

void expression_free(struct expression *e);

bool expression_matches(const struct expression *e, const struct tool_row *row);

#endif
