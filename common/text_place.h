/* SPDX-License-Identifier: Apache-2.0 */
/* Where a name stands in a program text, for what is found out about it without clang. */
#ifndef COMMON_TEXT_PLACE_H
#define COMMON_TEXT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct bcc_text_place {
	unsigned line, column; /* from 1 */
	const char *start;     /* of the line */
	size_t length;	       /* of the line */
	size_t indent;	       /* columns of a terminal before the name, with tabs of eight */
};

/* The place at a line (from 1) and column (0: none), false: the text has no such line. */
bool bcc_text_at(const char *text, unsigned line, unsigned column, struct bcc_text_place *place);
/* The first place of `name` as a whole word, outside of comments and literals. */
bool bcc_text_find(const char *text, const char *name, struct bcc_text_place *place);
/* The same for a function's name, or else for its end, because macros compose names:
 * TRACEPOINT_PROBE(sched, sched_switch) defines tracepoint__sched__sched_switch. */
bool bcc_text_find_function(const char *text, const char *name, struct bcc_text_place *place);

/* Past the comment or literal that begins here; `at` itself: none does. */
const char *bcc_text_skip(const char *at);

#endif
