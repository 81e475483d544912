/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that run at one event and put their results into the array `out`. */
#ifndef TESTS_KERNEL_PUT_NUMBERS_H
#define TESTS_KERNEL_PUT_NUMBERS_H

#include "own_events.h"

/* To precede a text's own tables and functions. */
#define PUT                                                                                                  \
	"BPF_ARRAY(out, u64, 16);\n"                                                                         \
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"

/* Opens the text, preceded by `head`, and runs its statements once. */
static inline struct bcc *run_put(const char *head, const char *before, const char *statements)
{
	char *text;
	struct bcc *b;

	assert_true(asprintf(&text, "%s" PUT "%s", head, before) > 0);
	b = open_own_events(text, statements);
	free(text);
	own_event(0x7fffff00);
	return b;
}

static inline uint64_t out(struct bcc *b, int slot)
{
	return table_u64(b, "out", slot);
}

#endif
