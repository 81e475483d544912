/* SPDX-License-Identifier: Apache-2.0 */
/* Entries whose values only count up: what was added since the last look. */
#ifndef TOOLS_LIB_COUNTERS_H
#define TOOLS_LIB_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>

/* Of each record, the key and where its counters are, u64 one after the other. */
struct counters_layout {
	size_t bytes, key_bytes, offset, counters;
	bool keep_unchanged; /* records whose counters are what they were remain too */
};

/* What was there at the last look; all zero at first. */
struct counters {
	char *before; /* records in the order of their keys; owned */
	size_t count;
};

/* Subtracts it from `count` records, and leaves out those whose counters are what they were, unless
 * they are to be kept. Returns how many remain at the beginning of `records`. */
size_t counters_subtract(
	struct counters *c, const struct counters_layout *layout, char *records, size_t count);

void counters_free(struct counters *c);

#endif
