/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "counters.h"

static int counters_compare(const void *a, const void *b, void *layout)
{
	return memcmp(a, b, ((const struct counters_layout *)layout)->key_bytes);
}

static const char *counters_find(
	const struct counters *c, const struct counters_layout *layout, const char *record)
{
	size_t from = 0, to = c->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const char *found = c->before + middle * layout->bytes;
		int order = memcmp(record, found, layout->key_bytes);

		if (!order)
			return found;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* Returns whether a counter has changed. */
static bool counters_subtract_one(const struct counters_layout *layout, char *record, const char *before)
{
	bool changed = false;

	for (size_t i = 0; i < layout->counters; i++) {
		size_t at = layout->offset + i * sizeof(uint64_t);
		uint64_t now, then = 0;

		memcpy(&now, record + at, sizeof(now));
		if (before)
			memcpy(&then, before + at, sizeof(then));
		now -= then;
		memcpy(record + at, &now, sizeof(now));
		changed |= now != 0;
	}
	return changed;
}

size_t counters_subtract(
	struct counters *c, const struct counters_layout *layout, char *records, size_t count)
{
	size_t bytes = layout->bytes, kept = 0;
	char *now = buffer_grow(NULL, count * bytes + 1);

	if (count)
		memcpy(now, records, count * bytes);
	qsort_r(now, count, bytes, counters_compare, (void *)layout);
	for (size_t i = 0; i < count; i++) {
		char *record = records + i * bytes;

		if (!counters_subtract_one(layout, record, counters_find(c, layout, record)) &&
			!layout->keep_unchanged)
			continue;
		memmove(records + kept++ * bytes, record, bytes);
	}
	free(c->before);
	c->before = now;
	c->count = count;
	return kept;
}

void counters_free(struct counters *c)
{
	free(c->before);
	*c = (struct counters){0};
}
