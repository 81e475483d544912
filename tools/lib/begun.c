/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>

#include "begun.h"
#include "buffer.h"
#include "tool.h"

static int begun_read(struct bcc_table *counts, struct begun_count *sum)
{
	size_t bytes = bcc_table_value_bytes(counts);
	struct begun_count *row = buffer_grow(NULL, bytes);
	uint32_t zero = 0;
	int ret = bcc_table_get(counts, &zero, sizeof(zero), row, bytes);

	*sum = (struct begun_count){0};
	for (size_t i = 0; !ret && i < bytes / sizeof(*row); i++) {
		sum->put += row[i].put;
		sum->taken += row[i].taken;
	}
	free(row);
	return ret;
}

static int begun_count_entry(void *ctx, const void *key, const void *value)
{
	++*(uint64_t *)ctx;
	return 0;
}

/* What is put in or taken while the entries are counted may have been counted or not. */
static uint64_t begun_forgotten_of(struct bcc_table *t, struct bcc_table *counts, uint32_t most)
{
	struct begun_count before, after;
	uint64_t present = 0, missing, change;

	/* as long as so few were put in, nothing had to make room */
	if (begun_read(counts, &before) || before.put < most / 2 || before.put == before.taken ||
		bcc_table_each(t, begun_count_entry, &present) || begun_read(counts, &after))
		return 0;
	missing = after.put - after.taken - present;
	change = after.put - before.put + after.taken - before.taken;
	return (int64_t)missing > (int64_t)change ? missing - change : 0;
}

uint64_t begun_forgotten(struct bcc *b)
{
	uint64_t forgotten = 0;

	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table_info info = {.size = sizeof(info)};
		struct bcc_table *t = bcc_table_at(b, i), *counts;
		char name[64];

		if (bcc_table_info(t, &info) || info.type != BPF_MAP_TYPE_LRU_HASH)
			continue;
		snprintf(name, sizeof(name), "%s_begun", info.name);
		counts = bcc_table_find(b, name);
		if (counts)
			forgotten += begun_forgotten_of(t, counts, info.max_entries);
	}
	return forgotten;
}
