/* SPDX-License-Identifier: Apache-2.0 */
/* Single entries: get, set, delete, next. */
#include "table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/kernel_errno.h"

bool bcc_table_unsupported(int error)
{
	/* -EINVAL: the kernel does not know the command at all */
	return error == -EINVAL || error == -KERNEL_ENOTSUPP || error == -EOPNOTSUPP;
}

int bcc_table_fail(struct bcc_table *t, int error, const char *doing)
{
	struct bcc_err *err = &t->owner->err;

	if (t->fd < 0)
		return bcc_fail(err, -EBADF, "%s table \"%s\": it does not exist before bcc_create()", doing,
			t->name);
	switch (error) {
	case -ENOENT:
		return bcc_fail(err, -ENOENT, "%s table \"%s\": there is no such entry", doing, t->name);
	case -EEXIST:
		return bcc_fail(err, -EEXIST, "%s table \"%s\": the entry already exists", doing, t->name);
	case -E2BIG:
		if (bcc_table_shape(t) == BCC_SHAPE_ARRAY || bcc_table_shape(t) == BCC_SHAPE_SLOTS)
			return bcc_fail(err, -E2BIG, "%s table \"%s\": the index is beyond its %u elements",
				doing, t->name, t->max_entries);
		return bcc_fail(err, -E2BIG, "%s table \"%s\": it is full (%u entries); make it larger",
			doing, t->name, t->max_entries);
	case -EPERM:
	case -EACCES:
		return bcc_fail(err, error, "%s table \"%s\" is not permitted: %s; is it read-only?", doing,
			t->name, strerror(-error));
	case -KERNEL_ENOTSUPP:
	case -EOPNOTSUPP:
		return bcc_fail(err, -EOPNOTSUPP,
			"%s table \"%s\" is not possible: the kernel has no such operation for tables of type %s",
			doing, t->name, bcc_map_type_name(t->type));
	case -EINVAL:
		return bcc_fail(err, -EINVAL,
			"%s table \"%s\": the kernel refuses it for a table of type %s (flags, or an operation that the type lacks)",
			doing, t->name, bcc_map_type_name(t->type));
	default:
		return bcc_fail(err, error, "%s table \"%s\": %s", doing, t->name, strerror(-error));
	}
}

int bcc_table_check_size(
	struct bcc_table *t, const char *what, const void *buffer, size_t size, size_t expected)
{
	if (size != expected)
		return bcc_fail(&t->owner->err, -EINVAL,
			"the %s has %zu bytes, but those of table \"%s\" have %zu", what, size, t->name,
			expected);
	if (expected && !buffer)
		return bcc_fail(&t->owner->err, -EINVAL, "the %s for table \"%s\" is missing", what, t->name);
	return 0;
}

static int access_check_key(struct bcc_table *t, const void *key, size_t key_size)
{
	return t ? bcc_table_check_size(t, "key", key, key_size, t->key_size) : -EINVAL;
}

int bcc_table_get(struct bcc_table *t, const void *key, size_t key_size, void *value, size_t value_size)
{
	int ret = access_check_key(t, key, key_size);
	size_t expected;

	if (ret)
		return ret;
	expected = bcc_table_value_bytes(t);
	ret = bcc_table_check_size(
		t, "value", value, value_size > expected ? expected : value_size, expected);
	if (ret)
		return ret;
	ret = bpf_map_lookup_elem(t->fd, t->key_size ? key : NULL, value);
	return ret ? bcc_table_fail(t, ret, "reading") : 0;
}

int bcc_table_set(struct bcc_table *t, const void *key, size_t key_size, const void *value, size_t value_size,
	uint64_t flags)
{
	int ret = access_check_key(t, key, key_size);

	if (!ret)
		ret = bcc_table_check_size(t, "value", value, value_size, bcc_table_value_bytes(t));
	if (ret)
		return ret;
	ret = bpf_map_update_elem(t->fd, t->key_size ? key : NULL, value, flags);
	return ret ? bcc_table_fail(t, ret, "setting an entry of") : 0;
}

int bcc_table_delete(struct bcc_table *t, const void *key, size_t key_size)
{
	int ret = access_check_key(t, key, key_size);

	if (ret)
		return ret;
	if (bcc_table_shape(t) == BCC_SHAPE_ARRAY)
		return bcc_fail(&t->owner->err, -EINVAL,
			"elements of the array \"%s\" cannot be deleted; set them to zero, or all with bcc_table_clear()",
			t->name);
	ret = bpf_map_delete_elem(t->fd, key);
	return ret ? bcc_table_fail(t, ret, "deleting from") : 0;
}

int bcc_table_next(struct bcc_table *t, const void *prev, void *next)
{
	int ret;

	if (!t)
		return -EINVAL;
	if (!next)
		return bcc_fail(&t->owner->err, -EINVAL,
			"the buffer for the next key of table \"%s\" is missing", t->name);
	ret = bpf_map_get_next_key(t->fd, prev, next);
	if (ret == -ENOENT)
		return bcc_fail(
			&t->owner->err, -ENOENT, "there are no more entries in table \"%s\"", t->name);
	return ret ? bcc_table_fail(t, ret, "listing") : 0;
}

int bcc_table_pop_entry(struct bcc_table *t, const void *key, void *value)
{
	int ret = bpf_map_lookup_and_delete_elem(t->fd, key, value);

	if (!bcc_table_unsupported(ret) || !t->key_size)
		return ret;
	ret = bpf_map_lookup_elem(t->fd, key, value);
	return ret ? ret : bpf_map_delete_elem(t->fd, key);
}

int bcc_table_freeze(struct bcc_table *t)
{
	int ret;

	if (!t)
		return -EINVAL;
	ret = bpf_map_freeze(t->fd);
	if (ret == -KERNEL_ENOTSUPP || ret == -EOPNOTSUPP)
		return bcc_fail(&t->owner->err, -EOPNOTSUPP,
			"table %s is of a type that the kernel does not freeze", t->name);
	/* -EPERM: from kernels that ask first whether the frozen table can be written */
	if (ret == -EBUSY || ret == -EPERM)
		return bcc_fail(&t->owner->err, -EBUSY,
			"table %s is frozen already, or a process is writing to it", t->name);
	return ret ? bcc_table_fail(t, ret, "freezing") : 0;
}
