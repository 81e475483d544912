/* SPDX-License-Identifier: Apache-2.0 */
/* Many entries with one system call where the kernel supports it (5.6), otherwise one by one. */
#include "table.h"

#include "common/cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

/* ---- read ---- */

struct copy {
	char *keys, *values;
	size_t key_size, value_size;
	uint32_t room, done;
};

static int copy_chunk(void *ctx, const void *keys, const void *values, uint32_t count)
{
	struct copy *c = ctx;
	uint32_t n = count < c->room - c->done ? count : c->room - c->done;

	if (c->keys)
		memcpy(c->keys + c->done * c->key_size, keys, n * c->key_size);
	if (c->values)
		memcpy(c->values + c->done * c->value_size, values, n * c->value_size);
	c->done += n;
	return n < count ? -ENOSPC : 0;
}

static int no_room(struct bcc_table *t, uint32_t room)
{
	return bcc_fail(&t->owner->err, -ENOSPC,
		"table \"%s\" has more than the %u entries there is room for", t->name, room);
}

/* Common to all calls of this file: without a count there is nothing to do. */
static int table_batch_check(struct bcc_table *t, const void *keys, const uint32_t *count)
{
	if (!t)
		return -EINVAL;
	if (!count)
		return bcc_fail(
			&t->owner->err, -EINVAL, "the count of entries of table \"%s\" is missing", t->name);
	if (!keys && t->key_size && *count)
		return bcc_fail(&t->owner->err, -EINVAL, "the keys for table \"%s\" are missing", t->name);
	return 0;
}

int bcc_table_read(struct bcc_table *t, void *keys, void *values, uint32_t *count)
{
	struct copy c = {.keys = keys, .values = values};
	int ret = table_batch_check(t, keys, count);

	if (ret)
		return ret;
	c.room = *count;
	c.key_size = t->key_size;
	c.value_size = bcc_table_value_bytes(t);
	ret = bcc_table_walk(t, copy_chunk, &c);
	*count = c.done;
	return ret == -ENOSPC ? no_room(t, c.room) : ret;
}

/* ---- take ---- */

/* Takes single entries of those present now, until `room` is filled; *done counts them. */
static int take_keys(struct bcc_table *t, char *keys, char *values, uint32_t room, uint32_t *done)
{
	const size_t value_size = bcc_table_value_bytes(t);
	bcc_auto_free void *there = NULL;
	uint32_t count = 0;
	int ret;

	ret = bcc_table_keys(t, &there, &count);
	for (uint32_t i = 0; !ret && i < count; i++) {
		const char *key = (char *)there + (size_t)i * t->key_size;

		if (*done == room)
			return no_room(t, room);
		ret = bcc_table_pop_entry(t, key, values + *done * value_size);
		if (ret == -ENOENT) {
			ret = 0; /* a program deleted it first */
			continue;
		}
		if (ret)
			return bcc_table_fail(t, ret, "taking from");
		memcpy(keys + (size_t)*done * t->key_size, key, t->key_size);
		++*done;
	}
	return ret;
}

static int take_batches(struct bcc_table *t, char *keys, char *values, uint32_t room, uint32_t *done)
{
	const size_t value_size = bcc_table_value_bytes(t);
	bcc_auto_free char *position = calloc(1, t->key_size + sizeof(uint64_t));
	bool first = true;
	int ret;

	if (!position)
		return bcc_table_fail(t, -ENOMEM, "taking from");
	while (*done < room) {
		uint32_t n = room - *done;

		ret = bpf_map_lookup_and_delete_batch(t->fd, first ? NULL : position, position,
			keys + (size_t)*done * t->key_size, values + *done * value_size, &n, NULL);
		/* no batch support, or a hash bucket has more entries than there is room for: take as many as
		 * fit, one by one */
		if (ret == -ENOSPC || (first && bcc_table_unsupported(ret)))
			return take_keys(t, keys, values, room, done);
		if (ret && ret != -ENOENT)
			return bcc_table_fail(t, ret, "taking from");
		*done += n;
		if (ret)
			return 0;
		first = false;
	}
	ret = bpf_map_get_next_key(t->fd, NULL, position);
	return ret == -ENOENT ? 0 : no_room(t, room);
}

/* Elements of arrays cannot be deleted: those taken are set to zero. */
static int take_elements(struct bcc_table *t, char *keys, char *values, uint32_t room, uint32_t *done)
{
	const size_t value_size = bcc_table_value_bytes(t);
	bcc_auto_free void *zero = calloc(1, value_size);
	int ret = 0;

	if (!zero)
		return bcc_table_fail(t, -ENOMEM, "taking from");
	for (uint32_t i = 0; i < t->max_entries; i++, ++*done) {
		if (i == room)
			return no_room(t, room);
		ret = bpf_map_lookup_elem(t->fd, &i, values + i * value_size);
		if (!ret)
			ret = bpf_map_update_elem(t->fd, &i, zero, 0);
		if (ret)
			return bcc_table_fail(t, ret, "taking from");
		memcpy(keys + (size_t)i * sizeof(i), &i, sizeof(i));
	}
	return 0;
}

static int take_queue(struct bcc_table *t, char *values, uint32_t room, uint32_t *done)
{
	const size_t value_size = bcc_table_value_bytes(t);
	bcc_auto_free void *peek = calloc(1, value_size);
	int ret;

	if (!peek)
		return bcc_table_fail(t, -ENOMEM, "taking from");
	for (; *done < room; ++*done) {
		ret = bpf_map_lookup_and_delete_elem(t->fd, NULL, values + *done * value_size);
		if (ret)
			return ret == -ENOENT ? 0 : bcc_table_fail(t, ret, "taking from");
	}
	return bpf_map_lookup_elem(t->fd, NULL, peek) ? 0 : no_room(t, room);
}

int bcc_table_take(struct bcc_table *t, void *keys, void *values, uint32_t *count)
{
	bcc_auto_free void *unwanted = NULL;
	uint32_t room, done = 0;
	int ret = table_batch_check(t, keys, count);

	if (ret)
		return ret;
	room = *count;
	*count = 0;
	if (!values) {
		values = unwanted = calloc((size_t)room + 1, bcc_table_value_bytes(t));
		if (!values)
			return bcc_table_fail(t, -ENOMEM, "taking from");
	}
	switch (bcc_table_shape(t)) {
	case BCC_SHAPE_HASH:
		ret = take_batches(t, keys, values, room, &done);
		break;
	case BCC_SHAPE_KEYED:
		ret = take_keys(t, keys, values, room, &done);
		break;
	case BCC_SHAPE_ARRAY:
		ret = take_elements(t, keys, values, room, &done);
		break;
	case BCC_SHAPE_QUEUE:
		ret = take_queue(t, values, room, &done);
		break;
	default:
		return bcc_table_fail(t, -EOPNOTSUPP, "taking from");
	}
	*count = done;
	return ret;
}

/* ---- set and delete ---- */

/* If a call fails before its first entry, the kernel leaves the count unchanged. */
static uint32_t entries_done(int err, uint32_t given, uint32_t count)
{
	return err && count == given ? 0 : count;
}

int bcc_table_set_many(
	struct bcc_table *t, const void *keys, const void *values, uint32_t *count, uint64_t flags)
{
	enum bcc_map_shape shape;
	size_t value_size;
	uint32_t given;
	int ret = table_batch_check(t, keys, count);

	if (ret)
		return ret;
	given = *count;
	*count = 0;
	if (!given)
		return 0;
	if (!values)
		return bcc_fail(&t->owner->err, -EINVAL, "the values for table \"%s\" are missing", t->name);
	shape = bcc_table_shape(t);
	value_size = bcc_table_value_bytes(t);
	/* batches do not support the flags of single updates */
	if (!flags && (shape == BCC_SHAPE_HASH || shape == BCC_SHAPE_ARRAY)) {
		uint32_t n = given;

		ret = bpf_map_update_batch(t->fd, keys, values, &n, NULL);
		if (!bcc_table_unsupported(ret)) {
			*count = entries_done(ret, given, n);
			return ret ? bcc_table_fail(t, ret, "setting entries of") : 0;
		}
	}
	for (uint32_t i = 0; i < given; i++, ++*count) {
		const char *key = t->key_size ? (const char *)keys + (size_t)i * t->key_size : NULL;

		ret = bpf_map_update_elem(t->fd, key, (const char *)values + i * value_size, flags);
		if (ret)
			return bcc_table_fail(t, ret, "setting entries of");
	}
	return 0;
}

int bcc_table_delete_keys(struct bcc_table *t, const void *keys, uint32_t *count)
{
	const uint32_t given = *count;
	int ret;

	if (bcc_table_shape(t) == BCC_SHAPE_HASH) {
		ret = bpf_map_delete_batch(t->fd, keys, count, NULL);
		if (!bcc_table_unsupported(ret)) {
			*count = entries_done(ret, given, *count);
			return ret;
		}
	}
	for (*count = 0; *count < given; ++*count) {
		ret = bpf_map_delete_elem(t->fd, (const char *)keys + (size_t)*count * t->key_size);
		if (ret)
			return ret;
	}
	return 0;
}

int bcc_table_delete_many(struct bcc_table *t, const void *keys, uint32_t *count)
{
	int ret = table_batch_check(t, keys, count);

	if (ret || !*count)
		return ret;
	if (bcc_table_shape(t) == BCC_SHAPE_ARRAY || !t->key_size) {
		*count = 0;
		return bcc_fail(&t->owner->err, -EINVAL,
			"entries of table \"%s\" cannot be deleted: entries of its type cannot be deleted by key",
			t->name);
	}
	ret = bcc_table_delete_keys(t, keys, count);
	return ret ? bcc_table_fail(t, ret, "deleting from") : 0;
}
