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

static uint64_t counters_get(const struct counters_layout *layout, const char *record, size_t index)
{
	uint64_t number;

	memcpy(&number, record + layout->offset + index * sizeof(number), sizeof(number));
	return number;
}

/* Whether the entry was made anew since: tables of the kind that forget drop entries, which begin at 0 when
 * they come back. */
static bool counters_began_anew(const struct counters_layout *layout, const char *record, const char *before)
{
	for (size_t i = 0; i < layout->counters; i++)
		if (counters_get(layout, record, i) < counters_get(layout, before, i))
			return true;
	return false;
}

/* Returns whether a counter has changed. */
static bool counters_subtract_one(const struct counters_layout *layout, char *record, const char *before)
{
	bool changed = false;

	if (before && counters_began_anew(layout, record, before))
		before = NULL;
	for (size_t i = 0; i < layout->counters; i++) {
		uint64_t now = counters_get(layout, record, i);

		if (before)
			now -= counters_get(layout, before, i);
		memcpy(record + layout->offset + i * sizeof(now), &now, sizeof(now));
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
