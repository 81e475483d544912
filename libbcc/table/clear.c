/* SPDX-License-Identifier: Apache-2.0 */
/* Empties a table in the way that suits its type. */
#include "table.h"

#include "common/cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>

/* An entry that a program has deleted meanwhile counts as deleted. */
static int delete_chunk(void *ctx, const void *keys, const void *values, uint32_t count)
{
	struct bcc_table *t = ctx;
	uint32_t done = 0;
	int ret;

	while (done < count) {
		uint32_t n = count - done;

		ret = bcc_table_delete_keys(t, (const char *)keys + (size_t)done * t->key_size, &n);
		if (ret && ret != -ENOENT)
			return bcc_table_fail(t, ret, "clearing");
		done += ret ? n + 1 : n;
	}
	return 0;
}

static int clear_elements(struct bcc_table *t)
{
	bcc_auto_free void *zero = calloc(1, bcc_table_value_bytes(t));
	int ret;

	if (!zero)
		return bcc_table_fail(t, -ENOMEM, "clearing");
	for (uint32_t i = 0; i < t->max_entries; i++) {
		ret = bpf_map_update_elem(t->fd, &i, zero, 0);
		if (ret)
			return bcc_table_fail(t, ret, "clearing");
	}
	return 0;
}

static int clear_slots(struct bcc_table *t)
{
	int ret;

	for (uint32_t i = 0; i < t->max_entries; i++) {
		ret = bpf_map_delete_elem(t->fd, &i);
		/* empty slots are refused with an errno that depends on the type */
		if (ret && ret != -ENOENT && ret != -EINVAL)
			return bcc_table_fail(t, ret, "clearing");
	}
	return 0;
}

static int clear_queue(struct bcc_table *t)
{
	bcc_auto_free void *value = calloc(1, bcc_table_value_bytes(t));
	int ret = value ? 0 : -ENOMEM;

	/* a program may push as fast as this pops: take at most as many as the table can hold */
	for (uint32_t i = 0; !ret && i < t->max_entries; i++)
		ret = bpf_map_lookup_and_delete_elem(t->fd, NULL, value);
	return ret && ret != -ENOENT ? bcc_table_fail(t, ret, "clearing") : 0;
}

int bcc_table_clear(struct bcc_table *t)
{
	if (!t)
		return -EINVAL;
	switch (bcc_table_shape(t)) {
	case BCC_SHAPE_HASH:
	case BCC_SHAPE_KEYED:
		return bcc_table_walk(t, delete_chunk, t);
	case BCC_SHAPE_ARRAY:
		return clear_elements(t);
	case BCC_SHAPE_SLOTS:
		return clear_slots(t);
	case BCC_SHAPE_QUEUE:
		return clear_queue(t);
	default:
		return bcc_table_fail(t, -EOPNOTSUPP, "clearing");
	}
}
