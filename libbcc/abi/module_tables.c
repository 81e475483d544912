/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a module, by name and by number. */
#include "abi.h"

#include <errno.h>
#include <string.h>

#define NO_ID ((size_t)-1)

static struct bcc_table *table_at(void *program, size_t id)
{
	struct bcc_abi_module *m = program;

	return m ? bcc_table_at(m->b, id) : NULL;
}

size_t bpf_num_tables(void *program)
{
	struct bcc_abi_module *m = program;

	return m ? bcc_table_count(m->b) : 0;
}

size_t bpf_table_id(void *program, const char *table_name)
{
	struct bcc_abi_module *m = program;
	struct bcc_table *t = m ? bcc_table_find(m->b, table_name) : NULL;

	return t ? (size_t)(t - m->b->tables) : NO_ID;
}

const char *bpf_table_name(void *program, size_t id)
{
	struct bcc_table *t = table_at(program, id);

	return t ? t->name : NULL;
}

/* bpf_table_WHAT_id() by number and bpf_table_WHAT() by name; `missing` is for a table that does not exist */
#define TABLE_NUMBER(type, what, member, missing)                                                            \
	type bpf_table_##what##_id(void *program, size_t id)                                                 \
	{                                                                                                    \
		const struct bcc_table *t = table_at(program, id);                                           \
                                                                                                             \
		return t ? (type)t->member : (missing);                                                      \
	}                                                                                                    \
                                                                                                             \
	type bpf_table_##what(void *program, const char *table_name)                                         \
	{                                                                                                    \
		return bpf_table_##what##_id(program, bpf_table_id(program, table_name));                    \
	}

TABLE_NUMBER(int, fd, fd, -1)
TABLE_NUMBER(int, type, type, -1)
TABLE_NUMBER(size_t, max_entries, max_entries, 0)
TABLE_NUMBER(int, flags, flags, -1)
TABLE_NUMBER(size_t, key_size, key_size, 0)
TABLE_NUMBER(size_t, leaf_size, value_size, 0)

/* Maps without BTF (perf buffers, maps of maps, …) have an int as key and descriptors as values: BCC's
 * clients index them like that. */
static const char *abi_module_tables_plain(uint32_t size)
{
	return size == 8 ? "\"unsigned long long\"" : "\"int\"";
}

static const char *abi_module_tables_description(struct bcc_abi_module *m, size_t id, bool key)
{
	struct bcc_table *t = table_at(m, id);
	uint32_t type, size;
	char **slot;

	if (!t)
		return NULL;
	type = key ? t->btf_key_type : t->btf_value_type;
	size = key ? t->key_size : t->value_size;
	slot = &m->descriptions[2 * id + !key];
	if (!*slot)
		*slot = type ? bcc_abi_describe(m->b->btf, type) : strdup(abi_module_tables_plain(size));
	return *slot;
}

const char *bpf_table_key_desc_id(void *program, size_t id)
{
	return abi_module_tables_description(program, id, true);
}

const char *bpf_table_key_desc(void *program, const char *table_name)
{
	return abi_module_tables_description(program, bpf_table_id(program, table_name), true);
}

const char *bpf_table_leaf_desc_id(void *program, size_t id)
{
	return abi_module_tables_description(program, id, false);
}

const char *bpf_table_leaf_desc(void *program, const char *table_name)
{
	return abi_module_tables_description(program, bpf_table_id(program, table_name), false);
}

static int abi_module_tables_print(
	void *program, size_t id, bool key, char *buf, size_t buflen, const void *data)
{
	struct bcc_table *t = table_at(program, id);
	int ret;

	if (!t || !buf || !data)
		return bcc_abi_result(-EINVAL);
	ret = bcc_abi_print(t->owner->btf, key ? t->btf_key_type : t->btf_value_type,
		key ? t->key_size : t->value_size, data, buf, buflen);
	if (ret == -ENOSPC)
		return bcc_abi_fail(ret, "the text of a %s of %s is longer than %zu bytes",
			key ? "key" : "value", t->name, buflen);
	return bcc_abi_result(ret);
}

static int abi_module_tables_scan(void *program, size_t id, bool key, const char *text, void *data)
{
	struct bcc_table *t = table_at(program, id);
	int ret;

	if (!t || !text || !data)
		return bcc_abi_result(-EINVAL);
	ret = bcc_abi_scan(t->owner->btf, key ? t->btf_key_type : t->btf_value_type,
		key ? t->key_size : t->value_size, text, data);
	if (ret)
		return bcc_abi_fail(
			ret, "\"%s\" is not a valid %s of %s", text, key ? "key" : "value", t->name);
	return 0;
}

int bpf_table_key_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *key)
{
	return abi_module_tables_print(program, id, true, buf, buflen, key);
}

int bpf_table_leaf_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *leaf)
{
	return abi_module_tables_print(program, id, false, buf, buflen, leaf);
}

int bpf_table_key_sscanf(void *program, size_t id, const char *buf, void *key)
{
	return abi_module_tables_scan(program, id, true, buf, key);
}

int bpf_table_leaf_sscanf(void *program, size_t id, const char *buf, void *leaf)
{
	return abi_module_tables_scan(program, id, false, buf, leaf);
}
