/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over all entries of a table, in batches where kernel and type support them. */
#include "table.h"

#include "common/cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#define CHUNK_BYTES (512 * 1024)
#define CHUNK_ENTRIES 16384

struct chunk {
	void *keys, *values;
	uint32_t room;
};

static void chunk_free(struct chunk *c)
{
	free(c->keys);
	free(c->values);
}

static int chunk_alloc(struct bcc_table *t, struct chunk *c, uint32_t room)
{
	chunk_free(c);
	c->room = room;
	c->keys = calloc(room, t->key_size + 1);
	c->values = calloc(room, bcc_table_value_bytes(t) + 1);
	return c->keys && c->values ? 0 : bcc_table_fail(t, -ENOMEM, "reading");
}

static uint32_t chunk_entries(struct bcc_table *t)
{
	size_t n = CHUNK_BYTES / (t->key_size + bcc_table_value_bytes(t) + 1);

	if (n > CHUNK_ENTRIES)
		n = CHUNK_ENTRIES;
	if (n > t->max_entries)
		n = t->max_entries;
	return n < 64 ? 64 : n;
}

/* Sets *supported to false if the kernel has no batches for the table; `fn` has not been called then. */
static int walk_batches(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx, bool *supported)
{
	__attribute__((cleanup(chunk_free))) struct chunk c = {};
	bcc_auto_free char *position = calloc(1, t->key_size + sizeof(uint64_t));
	bool first = true;
	int ret, stop;

	*supported = true;
	if (!position)
		return bcc_table_fail(t, -ENOMEM, "reading");
	ret = chunk_alloc(t, &c, chunk_entries(t));
	if (ret)
		return ret;
	for (;;) {
		uint32_t count = c.room;

		ret = bpf_map_lookup_batch(
			t->fd, first ? NULL : position, position, c.keys, c.values, &count, NULL);
		if (ret == -ENOSPC && c.room <= t->max_entries) {
			/* one hash bucket has more entries than the chunk */
			ret = chunk_alloc(t, &c, c.room * 2);
			if (ret)
				return ret;
			continue;
		}
		if (first && bcc_table_unsupported(ret)) {
			*supported = false;
			return 0;
		}
		if (ret && ret != -ENOENT)
			return bcc_table_fail(t, ret, "reading");
		stop = count ? fn(ctx, c.keys, c.values, count) : 0;
		if (stop || ret)
			return stop;
		first = false;
	}
}

static int compare_keys(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(size_t *)size);
}

/* Sorts and removes duplicates: the kernel starts over from the first key if the one to continue from was
 * deleted. */
static uint32_t unique_keys(char *keys, uint32_t count, size_t size)
{
	uint32_t kept = 0;

	if (!count)
		return 0;
	qsort_r(keys, count, size, compare_keys, &size);
	for (uint32_t i = 0; i < count; i++) {
		if (kept && !memcmp(keys + (kept - 1) * size, keys + i * size, size))
			continue;
		if (kept != i)
			memcpy(keys + kept * size, keys + i * size, size);
		kept++;
	}
	return kept;
}

int bcc_table_keys(struct bcc_table *t, void **keys_out, uint32_t *count)
{
	/* Each restart costs at most one pass; programs that delete all the time must not keep us here
	 * forever. */
	const uint64_t limit = 4 * (uint64_t)t->max_entries + 1024;
	const size_t size = t->key_size;
	bcc_auto_free char *keys = NULL;
	uint64_t n = 0, room = 0;
	int ret;

	if (!size)
		return bcc_table_fail(t, -EOPNOTSUPP, "listing");
	for (; n < limit && n < UINT32_MAX; n++) {
		if (n == room) {
			void *more;

			room = room ? room * 2 : 256;
			more = realloc(keys, room * size);
			if (!more)
				return bcc_table_fail(t, -ENOMEM, "listing");
			keys = more;
		}
		ret = bpf_map_get_next_key(t->fd, n ? keys + (n - 1) * size : NULL, keys + n * size);
		if (ret == -ENOENT)
			break;
		if (ret)
			return bcc_table_fail(t, ret, "listing");
	}
	*count = unique_keys(keys, n, size);
	*keys_out = keys;
	keys = NULL;
	return 0;
}

static int walk_keys(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx)
{
	bcc_auto_free void *keys = NULL;
	bcc_auto_free void *value = calloc(1, bcc_table_value_bytes(t) + 1);
	uint32_t count = 0;
	int ret;

	if (!value)
		return bcc_table_fail(t, -ENOMEM, "reading");
	ret = bcc_table_keys(t, &keys, &count);
	for (uint32_t i = 0; !ret && i < count; i++) {
		const char *key = (char *)keys + (size_t)i * t->key_size;

		ret = bpf_map_lookup_elem(t->fd, key, value);
		if (ret == -ENOENT)
			ret = 0;
		else if (ret)
			return bcc_table_fail(t, ret, "reading");
		else
			ret = fn(ctx, key, value, 1);
	}
	return ret;
}

static int walk_elements(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx)
{
	bcc_auto_free void *value = calloc(1, bcc_table_value_bytes(t) + 1);
	int ret = 0;

	if (!value)
		return bcc_table_fail(t, -ENOMEM, "reading");
	for (uint32_t i = 0; !ret && i < t->max_entries; i++) {
		ret = bpf_map_lookup_elem(t->fd, &i, value);
		if (ret == -ENOENT)
			ret = 0;
		else if (ret)
			return bcc_table_fail(t, ret, "reading");
		else
			ret = fn(ctx, &i, value, 1);
	}
	return ret;
}

int bcc_table_walk(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx)
{
	enum bcc_map_shape shape = bcc_table_shape(t);
	bool supported = false;
	int ret = 0;

	if (shape == BCC_SHAPE_HASH || shape == BCC_SHAPE_ARRAY)
		ret = walk_batches(t, fn, ctx, &supported);
	if (supported)
		return ret;
	switch (shape) {
	case BCC_SHAPE_HASH:
	case BCC_SHAPE_KEYED:
		return walk_keys(t, fn, ctx);
	case BCC_SHAPE_ARRAY:
	case BCC_SHAPE_SLOTS:
		return walk_elements(t, fn, ctx);
	default:
		return bcc_table_fail(t, -EOPNOTSUPP, "listing");
	}
}

struct each {
	struct bcc_table *t;
	bcc_entry_fn fn;
	void *ctx;
};

static int each_chunk(void *ctx, const void *keys, const void *values, uint32_t count)
{
	const struct each *e = ctx;
	const size_t key_size = e->t->key_size, value_size = bcc_table_value_bytes(e->t);
	int stop = 0;

	for (uint32_t i = 0; !stop && i < count; i++)
		stop = e->fn(
			e->ctx, (const char *)keys + i * key_size, (const char *)values + i * value_size);
	return stop;
}

int bcc_table_each(struct bcc_table *t, bcc_entry_fn fn, void *ctx)
{
	struct each e = {.t = t, .fn = fn, .ctx = ctx};

	if (!t)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&t->owner->err, -EINVAL,
			"the callback for the entries of table \"%s\" is missing", t->name);
	return bcc_table_walk(t, each_chunk, &e);
}
