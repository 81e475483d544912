/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a text and what is known about each. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "libbcc/handle.h"
#include "libbcc/kernel/map_type.h"

size_t bcc_table_count(const struct bcc *b)
{
	return b ? b->table_count : 0;
}

struct bcc_table *bcc_table_at(struct bcc *b, size_t index)
{
	return b && index < b->table_count ? &b->tables[index] : NULL;
}

struct bcc_table *bcc_table_find(struct bcc *b, const char *name)
{
	const struct bcc_name *found = b && name ? bcc_name_index_find(&b->table_names, name) : NULL;

	return found ? &b->tables[found->index] : NULL;
}

static int fill_info(const struct bcc_table *t, struct bcc_table_info *info)
{
	const struct bcc_table_info all = {
		.name = t->name,
		.type = t->type,
		.fd = t->fd,
		.key_size = t->key_size,
		.value_size = t->value_size,
		.max_entries = t->max_entries,
		.flags = t->flags,
		.percpu = bcc_map_has(t->type, BCC_MAP_PERCPU),
	};
	size_t size = info->size;

	if (size < sizeof(size))
		return bcc_fail(
			&t->owner->err, -EINVAL, "bcc_table_info: the size field of the struct is not set");
	/* a caller built against an older header has a smaller struct, one built against a newer header gets
	 * zeros */
	memset(info, 0, size);
	memcpy(info, &all, size < sizeof(all) ? size : sizeof(all));
	info->size = size;
	return 0;
}

int bcc_table_info(const struct bcc_table *t, struct bcc_table_info *info)
{
	if (!t)
		return -EINVAL;
	if (!info)
		return bcc_fail(&t->owner->err, -EINVAL, "bcc_table_info: no struct to fill is given");
	return fill_info(t, info);
}

size_t bcc_table_value_bytes(const struct bcc_table *t)
{
	int cpus;

	if (!t)
		return 0;
	if (!bcc_map_has(t->type, BCC_MAP_PERCPU))
		return t->value_size;
	cpus = libbpf_num_possible_cpus();
	return ((size_t)t->value_size + 7) / 8 * 8 * (cpus > 0 ? cpus : 1);
}

int bcc_table_set_max_entries(struct bcc_table *t, uint32_t max_entries)
{
	if (!t)
		return -EINVAL;
	if (t->fd >= 0)
		return bcc_fail(&t->owner->err, -EBUSY,
			"table \"%s\" exists already: its size is set between bcc_open_text() with .deferred and "
			"bcc_create()",
			t->name);
	t->max_entries = max_entries;
	return 0;
}
