/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "entries.h"

struct entries_reader {
	struct entries *entries;
	size_t key, value;
};

/* Where the next one is to be put. */
static char *entries_next(struct entries *e)
{
	if (e->count == e->room) {
		e->room = e->room ? 2 * e->room : 256;
		e->data = buffer_grow(e->data, e->room * e->bytes);
	}
	return e->data + e->count++ * e->bytes;
}

static int entries_add(void *ctx, const void *key, const void *value)
{
	struct entries_reader *r = ctx;
	char *to = entries_next(r->entries);

	memcpy(to, key, r->key);
	memcpy(to + r->key, value, r->value);
	return 0;
}

static void entries_add_record(void *ctx, const void *record)
{
	struct entries *e = ctx;

	memcpy(entries_next(e), record, e->bytes);
}

struct entries_order {
	struct sort *sort;
	const struct tool_view *view;
};

static int entries_compare(const void *a, const void *b, void *ctx)
{
	const struct entries_order *by = ctx;
	const struct tool_row *x = a, *y = b;
	int order = sort_compare(by->sort, x, y);

	if (!order && by->view->compare)
		order = by->view->compare(x, y);
	/* the same order each time */
	return order ? order : memcmp(x->data, y->data, x->size);
}

void entries_sort(struct entries *e, const struct tool_view *view, struct sort *sort)
{
	struct entries_order order = {.sort = sort, .view = view};

	if (sort || view->compare)
		qsort_r(e->rows, e->count, sizeof(*e->rows), entries_compare, &order);
}

/* For a new key the kernel takes the place of one that was not counted for long, but keys that were counted
 * once are all alike to it, and it looks at one half of a full table at a time. */
static bool entries_may_be_evicted(const struct bcc_table_info *info, size_t counted)
{
	bool evicts = info->type == BPF_MAP_TYPE_LRU_HASH || info->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;

	return evicts && counted >= info->max_entries / 2;
}

static int entries_read_table(struct entries *e, struct bcc *b, const struct tool_view *view)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc_table *t = bcc_table_find(b, view->table);
	struct entries_reader r;
	int ret = bcc_table_info(t, &info);

	if (ret)
		return ret;
	r = (struct entries_reader){.entries = e, .key = info.key_size, .value = info.value_size};
	e->bytes = r.key + r.value;
	if (e->bytes < view->bytes)
		return -EINVAL;
	ret = bcc_table_each(t, entries_add, &r);
	if (!ret && view->counters)
		e->count = counters_subtract(&e->counters,
			&(struct counters_layout){.bytes = e->bytes,
				.key_bytes = r.key,
				.offset = view->counter_offset,
				.counters = view->counters,
				.keep_unchanged = view->keep_unchanged},
			e->data, e->count);
	e->most = !ret && entries_may_be_evicted(&info, e->count) ? info.max_entries : 0;
	return ret;
}

int entries_read(struct entries *e, struct bcc *b, const struct tool_view *view, struct sort *sort)
{
	int ret;

	e->count = 0;
	e->most = 0;
	if (view->collect) {
		e->bytes = view->bytes;
		ret = view->collect(b, entries_add_record, e);
	} else {
		ret = entries_read_table(e, b, view);
	}
	if (ret)
		return ret;
	e->rows = buffer_grow(e->rows, (e->count + 1) * sizeof(*e->rows));
	for (size_t i = 0; i < e->count; i++)
		e->rows[i] = (struct tool_row){.data = e->data + i * e->bytes, .size = e->bytes};
	entries_sort(e, view, sort);
	return 0;
}

void entries_free(struct entries *e)
{
	free(e->rows);
	free(e->data);
	counters_free(&e->counters);
	*e = (struct entries){0};
}
